import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterEach, describe, expect, it } from 'vitest';
import { parseAddress } from '../../src/core/identifiers.ts';
import { smtpSender, type SmtpSender, type SmtpSenderOptions } from '../../src/edges/smtp-sender.ts';
import { makeCertificate } from './certificate.ts';

interface Taken {
  readonly from: string | false;
  readonly to: readonly string[];
  readonly bytes: Buffer;
  readonly secure: boolean;
  readonly connection: string;
}

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

const portOf = (server: Server): number => {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
};

/** A relay as real as smtp-server makes it; `options` decide what it refuses. */
async function relay(options: SMTPServerOptions = {}): Promise<{ port: number; taken: Taken[] }> {
  const taken: Taken[] = [];
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    hideENHANCEDSTATUSCODES: true,
    logger: false,
    onData: (stream, { envelope, secure, id }, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const from = envelope.mailFrom === false ? false : envelope.mailFrom.address;
        const to = envelope.rcptTo.map(({ address }) => address);
        taken.push({ from, to, bytes: Buffer.concat(chunks), secure, connection: id });
        done();
      });
    },
    ...options,
  });
  server.on('error', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  ends.push(() => server.close());
  return { port: portOf(server.server), taken };
}

/** A relay that does with each connection what it is told. */
async function oddRelay(talk: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    talk(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.push(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return portOf(server);
}

function sender(port: number, options: Partial<SmtpSenderOptions> = {}): SmtpSender {
  const made = smtpSender({ host: '127.0.0.1', port, tls: 'none', login: null, connections: 2, ...options });
  ends.push(() => made.stop());
  return made;
}

const to = parseAddress('dora@distro.example')!;
const from = parseAddress('security+b-0123@example.org')!;
const mail = (text: string): { from: typeof from; to: typeof to; pieces: readonly Buffer[] } => ({
  from,
  to,
  pieces: [Buffer.from(text)],
});
const refusing = (code: number, text: string): Error => Object.assign(new Error(text), { responseCode: code });

describe('a mail handed to the relay', () => {
  it('arrives byte for byte, with the return path of that one copy', async () => {
    const { port, taken } = await relay();
    const bytes = Buffer.from(
      'Subject: x\r\n\r\n.dot\r\n..two\r\n-----BEGIN PGP MESSAGE-----\r\ntrailing  \r\n.\r\n',
      'latin1',
    );
    expect(await sender(port).send({ from, to, pieces: [bytes.subarray(0, 7), bytes.subarray(7)] })).toMatchObject({
      ok: true,
    });
    expect(taken).toMatchObject([{ from, to: [to], bytes }]);
  });

  it('goes out with the null sender where that is asked for', async () => {
    const { port, taken } = await relay();
    expect(await sender(port).send({ ...mail('x\r\n'), from: null })).toMatchObject({ ok: true });
    expect(taken[0]?.from).toBe('');
  });

  /** A buffer of its own, as the shared body of many copies is. */
  const large = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));
  const lines = 'bG9uZyBsaW5l\r\n'.repeat(20_000);

  it.each([
    ['plain lines', [lines]],
    ['plain lines between others', ['Subject: x\r\n\r\n', lines, '.\r\n..\r\nend\r\n']],
    ['lines that begin with a dot', [`${lines}.\r\n.hidden\r\n${lines}`]],
    ['a dot at the beginning of a piece', ['one\r\n', `.two\r\n${lines}`]],
    ['dots where the slices of a piece end', [`${'x'.repeat(65_534)}\r\n.${'.'.repeat(65_535)}\r\n`]],
    ['the same piece in a second mail', [lines, lines]],
  ])('arrives byte for byte, however large: %s', async (_, texts) => {
    const { port, taken } = await relay();
    const pieces = texts.map(large);
    const through = sender(port);
    for (let mails = 0; mails < 2; mails += 1) expect((await through.send({ from, to, pieces })).ok).toBe(true);
    for (const { bytes } of taken) expect(bytes.equals(Buffer.concat(pieces))).toBe(true);
    expect(taken).toHaveLength(2);
  });

  it('has line ends of SMTP where it came with others, however large', async () => {
    const { port, taken } = await relay();
    await sender(port).send({ from, to, pieces: [large(`${lines}a\nb\rc\r\n${lines}`)] });
    expect(taken[0]?.bytes.toString()).toBe(`${lines}a\r\nb\r\nc\r\n${lines}`);
  });

  it('shares a few connections with all others', async () => {
    const { port, taken } = await relay();
    const out = sender(port);
    const sent = await Promise.all(Array.from({ length: 30 }, (_, n) => out.send(mail(`mail ${n}\r\n`))));
    expect(sent.every(({ ok }) => ok)).toBe(true);
    expect(taken).toHaveLength(30);
    expect(new Set(taken.map(({ connection }) => connection)).size).toBeLessThanOrEqual(2);
  });
});

describe('what the relay refuses', () => {
  const refusals = [
    [421, '4.3.2 going down', true, '421 4.3.2'],
    [450, '4.2.1 dora@distro.example is busy', true, '450 4.2.1'],
    [451, 'greylisted dora@distro.example', true, '451'],
    [550, '5.1.1 <dora@distro.example> is unknown', false, '550 5.1.1'],
    [552, '5.3.4 too large', false, '552 5.3.4'],
    [554, 'no', false, '554'],
  ] as const;

  it.each(refusals)('with %i "%s" at the recipient: retry %s', async (code, text, retry, codes) => {
    const { port } = await relay({ onRcptTo: (_address, _session, done) => done(refusing(code, text)) });
    expect(await sender(port).send(mail('x\r\n'))).toEqual({
      ok: false,
      problem: { retry, why: `the relay refused: ${codes}` },
    });
  });

  it('at the sender or at the end of data tells the same', async () => {
    const { port } = await relay({ onMailFrom: (_address, _session, done) => done(refusing(550, '5.7.1 no')) });
    expect(await sender(port).send(mail('x\r\n'))).toMatchObject({ problem: { retry: false } });
    const { port: late } = await relay({
      onData: (stream, _session, done) => {
        stream.resume().on('end', () => done(refusing(452, '4.3.1 disk full')));
      },
    });
    expect(await sender(late).send(mail('x\r\n'))).toMatchObject({
      problem: { retry: true, why: 'the relay refused: 452 4.3.1' },
    });
  });

  it('leaves the connection in use for the next mail', async () => {
    const { port, taken } = await relay({
      onRcptTo: ({ address }, _session, done) => done(address.startsWith('no') ? refusing(550, '5.1.1 no') : null),
    });
    const out = sender(port, { connections: 1 });
    expect(await out.send({ ...mail('x\r\n'), to: parseAddress('no@distro.example')! })).toMatchObject({ ok: false });
    expect(await out.send(mail('y\r\n'))).toMatchObject({ ok: true });
    expect(taken.map(({ bytes }) => bytes.toString())).toEqual(['y\r\n']);
  });
});

describe('a relay in trouble', () => {
  it('that is not there is tried again', async () => {
    const port = await oddRelay(() => undefined);
    ends.splice(0).forEach((end) => end());
    expect(await sender(port).send(mail('x\r\n'))).toMatchObject({ problem: { retry: true } });
  });

  it.each([
    ['says 421 for a greeting', (socket: Socket) => socket.end('421 4.3.2 too busy for dora@distro.example\r\n')],
    ['hangs up before its greeting', (socket: Socket) => socket.destroy()],
    ['says nothing', () => undefined],
    ['speaks no SMTP', (socket: Socket) => socket.end('* OK IMAP4rev1\r\n')],
  ])('that %s is tried again', async (_name, talk) => {
    const port = await oddRelay(talk);
    const sent = await sender(port, { patience: { connect: 300 } }).send(mail('x\r\n'));
    expect(sent).toMatchObject({ ok: false, problem: { retry: true } });
    expect(JSON.stringify(sent)).not.toContain('@');
  });

  it.each([
    ['hangs up in the middle of the mail', (socket: Socket) => socket.destroy()],
    ['never answers the end of the mail', () => undefined],
    [
      'trickles its answer',
      (socket: Socket) => {
        const trickle = setInterval(() => socket.write('250-x\r\n'), 50);
        socket.once('close', () => clearInterval(trickle));
      },
    ],
  ])('that %s is tried again', async (_name, atEnd) => {
    const port = await oddRelay((socket) => {
      socket.write('220 relay\r\n');
      let data = false;
      socket.setEncoding('utf8').on('data', (text: string) => {
        if (data) {
          if (text.endsWith('\r\n.\r\n')) atEnd(socket);
          return;
        }
        data = /^DATA/m.test(text);
        socket.write(data ? '354 go\r\n' : '250 fine\r\n');
      });
    });
    const sent = await sender(port, { patience: { silence: 400, mail: 600 } }).send(mail('x\r\n'));
    expect(sent).toMatchObject({ ok: false, problem: { retry: true } });
  });
});

describe('the session with the relay', () => {
  const certificate = makeCertificate();
  const tlsRelay = { disabledCommands: ['AUTH'], ...certificate };

  it('is encrypted where the relay offers it, whatever its certificate', async () => {
    const { port, taken } = await relay(tlsRelay);
    expect(await sender(port, { tls: 'opportunistic' }).send(mail('x\r\n'))).toMatchObject({ ok: true });
    const { port: plain, taken: takenPlain } = await relay();
    expect(await sender(plain, { tls: 'opportunistic' }).send(mail('x\r\n'))).toMatchObject({ ok: true });
    expect([taken[0]?.secure, takenPlain[0]?.secure]).toEqual([true, false]);
  });

  it('does not come about where encryption is required and the relay has none, or is not who it should be', async () => {
    const { port: plain } = await relay();
    expect(await sender(plain, { tls: 'required' }).send(mail('x\r\n'))).toMatchObject({ problem: { retry: true } });
    const { port, taken } = await relay(tlsRelay);
    expect(await sender(port, { tls: 'required' }).send(mail('x\r\n'))).toMatchObject({ problem: { retry: true } });
    expect(taken).toEqual([]);
    const trusting = sender(port, { tls: 'required', authorities: certificate.cert });
    expect(await trusting.send(mail('x\r\n'))).toMatchObject({ ok: true });
    expect(taken[0]?.secure).toBe(true);
  });

  it('starts encrypted where it is told to', async () => {
    const { port, taken } = await relay({ secure: true, ...tlsRelay });
    const out = sender(port, { tls: 'implicit', authorities: certificate.cert });
    expect(await out.send(mail('x\r\n'))).toMatchObject({ ok: true });
    expect(taken[0]?.secure).toBe(true);
  });

  it('logs in, and a refused login loses no mail', async () => {
    const { port } = await relay({
      ...tlsRelay,
      disabledCommands: [],
      onAuth: ({ username, password }, _session, done) =>
        username === 'embargod' && password === 'right' ? done(null, { user: 1 }) : done(refusing(535, '5.7.8 bad')),
    });
    const as = (password: string): SmtpSender =>
      sender(port, { tls: 'opportunistic', login: { user: 'embargod', password } });
    expect(await as('right').send(mail('x\r\n'))).toMatchObject({ ok: true });
    expect(await as('wrong').send(mail('x\r\n'))).toMatchObject({ problem: { retry: true } });
  });
});
