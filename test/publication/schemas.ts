/** What others say of a document: the official schemas, where they are beside the project, and the CSAF validator. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as basic from '@secvisogram/csaf-validator-lib/basic.js';
import * as optional from '@secvisogram/csaf-validator-lib/optionalTests.js';
import cvss2 from '@secvisogram/csaf-validator-lib/schemas/cvss-v2.0.js';
import cvss30 from '@secvisogram/csaf-validator-lib/schemas/cvss-v3.0.js';
import cvss31 from '@secvisogram/csaf-validator-lib/schemas/cvss-v3.1.js';
import validate from '@secvisogram/csaf-validator-lib/validate.js';
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

const folder = join(import.meta.dirname, '../../../shared/schemas');
export const schemasAreHere = existsSync(folder);

const read = (file: string): object => JSON.parse(readFileSync(join(folder, file), 'utf8')) as object;

type Check = (document: unknown) => readonly string[];

function checking(ajv: Ajv | Ajv2020, schema: object): Check {
  addFormats.default(ajv);
  const valid = ajv.compile(schema);
  return (document) =>
    valid(document) ? [] : (valid.errors ?? []).map(({ instancePath, message }) => `${instancePath}: ${message ?? ''}`);
}

const options = { strict: false, allErrors: true } as const;
/** Under the names that the schema of CSAF calls them by; without their own dialect, which makes no difference to them. */
const cvss = [cvss2, cvss30, cvss31].map((schema, index) => {
  const { $schema: _dialect, ...rest } = schema as { $schema?: string };
  return { ...rest, $id: `https://www.first.org/cvss/cvss-v${['2.0', '3.0', '3.1'][index]}.json` };
});

/** By the schema alone; what is wrong, one line each. Made when first asked for. */
export const bySchema = {
  csaf: lazily(() => checking(new Ajv2020({ ...options, schemas: cvss }), read('csaf_json_schema.json'))),
  provider: lazily(() =>
    checking(
      new Ajv2020({ ...options, schemas: [...cvss, read('csaf_json_schema.json')] }),
      read('provider_json_schema.json'),
    ),
  ),
  osv: lazily(() => checking(new Ajv2020(options), read('osv.json'))),
  cve: lazily(() => {
    const { definitions } = read('cve-5.1.1.json') as { definitions: object };
    const root = { definitions, $ref: '#/definitions/cnaPublishedContainer' };
    const check = checking(new Ajv(options), root);
    const providerMetadata = { orgId: '6f8c9b1e-0000-4000-8000-000000000000' };
    return (document) => check({ ...(document as object), providerMetadata });
  }),
};

function lazily(make: () => Check): Check {
  let made: Check | null = null;
  return (document) => (made ??= make())(document);
}

/** Members are what is in a module beside its tests (`default`). */
const testsIn = (module: Readonly<Record<string, unknown>>) =>
  Object.values(module).filter((each): each is (document: unknown) => unknown => typeof each === 'function');

/** By the schema of CSAF 2.0 and all mandatory tests of §6.1. */
export async function byCsafTests(document: unknown): Promise<readonly string[]> {
  const { tests } = await validate(testsIn(basic), document);
  return tests.flatMap(({ name, errors }) =>
    errors.map(({ instancePath, message }) => `${name} ${instancePath}: ${message}`),
  );
}

/** By the recommended tests of §6.2. */
export async function byOptionalTests(document: unknown): Promise<readonly string[]> {
  const { tests } = await validate(testsIn(optional), document);
  return tests.flatMap(({ name, errors, warnings }) =>
    [...errors, ...warnings].map(({ instancePath, message }) => `${name} ${instancePath}: ${message}`),
  );
}
