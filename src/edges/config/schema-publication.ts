/** The part of the configuration's shape that says where and how advisories are published: site, products, CVE ids. */

import * as z from 'zod';
import * as is from './values.ts';

export const site = z
  .strictObject({
    directory: is.path('the folder that the public site is written to').default('data/site'),
    url: is.webAddress.prefault('http://127.0.0.1:8080'),
    listen: z
      .union([z.literal('none'), is.listen('the web server')])
      .prefault('127.0.0.1:8080')
      .meta({
        description: 'where the site is served: HOST:PORT, a Unix socket, or none if a web server reads the folder',
      }),
    publisher: z
      .enum(['vendor', 'coordinator', 'discoverer', 'user', 'other'])
      .default('vendor')
      .meta({ description: 'what you are to your products, in CSAF: vendor, coordinator, discoverer, user or other' }),
  })
  .prefault({})
  .meta({ description: 'the public web site' });

export const cve = z
  .strictObject({
    cna: z
      .strictObject({
        name: is.words('a name for people to read').optional(),
        address: is.address('the CNA'),
        key: is.fingerprint,
      })
      .optional()
      .meta({ description: 'the CNA that assigns ids to you, asked by encrypted mail: address and key' }),
    services: z
      .strictObject({
        url: is.serviceAddress.prefault('https://cveawg.mitre.org/api'),
        org: is.words('your short name as a CNA'),
        user: is.words('an API user that nobody but embargod reserves ids with'),
        key: is.secret("that user's API key"),
      })
      .optional()
      .meta({ description: 'CVE Services, where you are a CNA yourself: org, user and key' }),
  })
  .prefault({})
  .meta({ description: 'whom #cve request asks: cna or services; without either it gives the text to ask with' });

export const products = z
  .array(
    z.strictObject({
      name: is.words('the product as #affects names it'),
      vendor: is.words('who makes the product; the team where it is left out').optional(),
      ecosystem: is.words('the ecosystem that OSV knows it in, as in PyPI, npm or Debian:12').optional(),
      package: is.words('the name of its package there; that of the product where it is left out').optional(),
      purl: is.purl.optional(),
      cpe: is.cpe.optional(),
      repository: is.repository.optional(),
    }),
  )
  .default([])
  .meta({
    description: 'what machines know your products by: name, and any of ecosystem, package, purl, cpe, repository',
  });
