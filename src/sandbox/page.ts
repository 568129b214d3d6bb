/** The sandbox's web page: each person's mailbox, decrypted, beside the public site, and one button that plays the story. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { answer, type PageHandler } from '../edges/web.ts';
import type { Templates } from '../publication/templates.ts';
import type { MailClient, ReadMail } from './client.ts';
import type { Mailboxes } from './mailboxes.ts';
import type { Step } from './story.ts';

/** What the page shows. */
export interface Shown {
  readonly clients: ReadonlyMap<string, MailClient>;
  readonly mailboxes: Mailboxes;
  readonly templates: Templates;
  readonly now: () => Temporal.Instant;
  readonly steps: () => readonly Step[];
  readonly playing: () => boolean;
  /** Starts the story; a second call changes nothing. */
  readonly play: () => void;
}

const parts: Readonly<Record<string, string>> = {
  coordinator: 'coordinator',
  expert: 'expert',
  reporter: 'reporter',
  distributor: 'distributor',
  list: 'public list',
};

async function mailsOf(client: MailClient, { mailboxes }: Shown): Promise<readonly ReadMail[]> {
  const own = mailboxes.all().filter(({ to }) => to === client.person.address);
  return (await Promise.all(own.map((mail) => client.read(mail)))).toReversed();
}

const facts = (mail: ReadMail) => ({
  ...mail,
  at: mail.at?.toZonedDateTimeISO('UTC').toPlainDateTime().toString({ smallestUnit: 'minute' }).replace('T', ' ') ?? '',
  proofs: mail.proofs.join(' · '),
  files: mail.files.join(', '),
  subject: mail.subject === '' ? 'No subject' : mail.subject,
});

async function pageFor(id: string, number: number, shown: Shown): Promise<string> {
  const { clients, mailboxes, templates, now } = shown;
  const client = clients.get(id);
  const mails = client === undefined ? [] : await mailsOf(client, shown);
  const mail = mails.find((each) => each.number === number) ?? mails[0] ?? null;
  const people = [...clients.values()].filter(({ person }) => person.part !== 'team');
  return templates.html('sandbox/page.html.liquid', {
    now: now().toZonedDateTimeISO('UTC').toPlainDateTime().toString({ smallestUnit: 'minute' }).replace('T', ' '),
    people: people.map(({ person }) => ({
      id: person.id,
      name: person.name,
      part: parts[person.part] ?? person.part,
      count: mailboxes.all().filter(({ to }) => to === person.address).length,
      current: person.id === id,
    })),
    reader: client?.person ?? null,
    mails: mails.map((each) => ({ ...facts(each), current: each.number === mail?.number })),
    mail: mail === null ? null : facts(mail),
    steps: shown.steps().map(({ title, told }) => ({ title, told })),
    playing: shown.playing(),
    played: shown.steps().length > 0 && !shown.playing(),
  });
}

function send(response: ServerResponse, type: string, body: string): void {
  response.writeHead(200, { 'Content-Type': `${type}; charset=utf-8`, 'Cache-Control': 'no-store' });
  response.end(body);
}

/** A page of another site must not press the button. */
const ownForm = ({ headers }: IncomingMessage): boolean =>
  headers['sec-fetch-site'] === undefined || headers['sec-fetch-site'] === 'same-origin';

/** The sandbox shows the public site in a frame of its own, which the site in earnest allows nobody. */
function allowOwnFrames(response: ServerResponse): void {
  const policy =
    "default-src 'none'; style-src 'self'; img-src 'self' data:; frame-src 'self'; form-action 'self'; frame-ancestors 'self'";
  response.setHeader('Content-Security-Policy', policy);
  response.setHeader('X-Frame-Options', 'SAMEORIGIN');
}

/** Another name than this machine's own is a page elsewhere that had its name point here. */
const isLoopbackName = (host: string | undefined): boolean =>
  /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host ?? '');

/** Answers below `/sandbox`. */
export function sandboxPages(shown: Shown): PageHandler {
  return async (request, response, path) => {
    if (!isLoopbackName(request.headers.host)) return answer(response, 421, 'This is the sandbox of another name.');
    allowOwnFrames(response);
    if (path === '/sandbox/style.css') {
      send(response, 'text/css', shown.templates.source('sandbox/style.css'));
      return true;
    }
    if (path === '/sandbox/play' && request.method === 'POST' && ownForm(request)) {
      shown.play();
      response.writeHead(303, { Location: '/sandbox' });
      response.end();
      return true;
    }
    const [, id = 'ada', number = '0'] = /^\/sandbox(?:\/([a-z]+)(?:\/(\d+))?)?\/?$/.exec(path) ?? [];
    if (!/^\/sandbox(\/|$)/.test(path)) return false;
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return answer(response, 405, 'Only GET here.');
    }
    send(response, 'text/html', await pageFor(id, Number(number), shown));
    return true;
  };
}
