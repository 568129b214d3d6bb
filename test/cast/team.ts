/** A whole cast for one run of the daemon: the team, two coordinators, an expert, a reporter, two distributors, and their relay. */

import { Daemon, freePort } from './daemon.ts';
import { Gnupg } from './gnupg.ts';
import { type Mail, encryptedMail } from './mails.ts';
import { type Relayed, TestRelay } from './relay.ts';
import { type Received, readReceived } from './received.ts';

export interface CastOptions {
  /** Lines of YAML to put in place of the intake section. */
  readonly intake?: string;
  /** More top-level YAML. */
  readonly more?: string;
  readonly approvals?: number;
  /** Coordinators beside Ada and Ben. */
  readonly coordinators?: readonly Gnupg[];
  /** Coordinators who have to want a disclosure within a day: one, where a test cannot wait for longer. */
  readonly earlyNeeds?: number;
  /** gpg's own arguments while the keys of the cast are made, such as `--faked-system-time`. */
  readonly born?: readonly string[];
  /** The team, where its key is to be another than one that GnuPG makes. */
  readonly team?: Gnupg;
}

export class Cast {
  readonly daemon = new Daemon();
  readonly relay = new TestRelay();
  readonly team: Gnupg;
  readonly ada: Gnupg;
  readonly ben: Gnupg;
  readonly eve: Gnupg;
  readonly rita: Gnupg;
  readonly dora: Gnupg;
  readonly dan: Gnupg;
  relayPort = 0;
  /** Where the public site is served. */
  webPort = 0;
  /** The way in of what they write: resolves once the mail is taken. */
  door = (from: string, to: string, raw: Buffer): Promise<void> => this.daemon.submit(from, to, raw);
  /** Those who have joined since. */
  readonly #guests: Gnupg[] = [];
  readonly #opened = new Map<Relayed, Promise<Received>>();

  constructor(people: readonly [Gnupg, Gnupg, Gnupg, Gnupg, Gnupg, Gnupg, Gnupg]) {
    [this.team, this.ada, this.ben, this.eve, this.rita, this.dora, this.dan] = people;
  }

  get people(): readonly Gnupg[] {
    return [this.team, this.ada, this.ben, this.eve, this.rita, this.dora, this.dan];
  }

  get everyone(): readonly Gnupg[] {
    return [...this.people, ...this.#guests];
  }

  /** One more person, who has the team's key and whom the daemon does not know. */
  async welcome(name: string, address: string): Promise<Gnupg> {
    const guest = await Gnupg.create(name, address);
    await guest.import(await this.team.exportKey());
    this.#guests.push(guest);
    return guest;
  }

  static async gather(options: CastOptions = {}): Promise<Cast> {
    const born = (name: string, address: string): Promise<Gnupg> => Gnupg.create(name, address, 'never', options.born);
    const cast = new Cast([
      options.team ?? (await born('Example VMT', 'security@example.org')),
      await born('Ada Coordinator', 'ada@example.org'),
      await born('Ben Coordinator', 'ben@example.org'),
      await born('Eve Expert', 'eve@example.org'),
      await born('Rita Reporter', 'rita@research.example'),
      await born('Dora Distributor', 'security@distro.example'),
      await born('Dan Distributor', 'psirt@vendor.example'),
    ]);
    await cast.#exchangeKeys(options.coordinators ?? []);
    await cast.#configure(options);
    return cast;
  }

  async #exchangeKeys(more: readonly Gnupg[]): Promise<void> {
    const team = await this.team.exportKey();
    const everyone = [...this.people.filter((person) => person !== this.team), ...more];
    await Promise.all(everyone.map((person) => person.import(team)));
    this.daemon.key('team.asc', await this.team.exportSecretKey());
    for (const person of [this.ada, this.ben, this.eve, this.dora, this.dan, ...more])
      this.daemon.key(`${person.fingerprint}.asc`, await person.exportKey());
  }

  async #configure({ intake, more = '', approvals = 2, coordinators = [], earlyNeeds }: CastOptions): Promise<void> {
    this.relayPort = await this.relay.listen();
    this.daemon.smtpPort = await freePort();
    this.webPort = await freePort();
    const { ada, ben, eve, dora, dan, daemon } = this;
    daemon.configure(`
team:
  name: Example VMT
  address: security@example.org
  prefix: { case: EXM, advisory: EXSA }
  timezone: UTC
storage: sqlite:${daemon.folder}/embargod.db
keys: { directory: ${daemon.keys}, passphrase: none }
roster:
  coordinators:
    - { name: Ada Coordinator, address: ada@example.org, key: ${ada.fingerprint} }
    - { name: Ben Coordinator, address: ben@example.org, key: ${ben.fingerprint} }
${coordinators.map(({ name, address, fingerprint }) => `    - { name: ${name}, address: ${address}, key: ${fingerprint} }\n`).join('')}  experts:
    - { name: Eve Expert, address: eve@example.org, key: ${eve.fingerprint}, groups: [nova] }
lists:
  - address: distros@example.org
    kind: stakeholders
    owners: [ada@example.org]
    members:
      - { name: Dora Distributor, address: security@distro.example, organisation: Distro, country: DE, key: ${dora.fingerprint} }
      - { name: Dan Distributor, address: psirt@vendor.example, organisation: Vendor, country: FR, key: ${dan.fingerprint} }
  - { address: announce@lists.example.org, kind: announcement }
  - { address: oss-security@lists.openwall.com, kind: announcement, preset: oss-security }
intake:
${intake ?? `  smtp: { listen: "127.0.0.1:${daemon.smtpPort}" }`}
delivery:
  smtp: { host: 127.0.0.1, port: ${this.relayPort} }
  retry: { firstSeconds: 1, longestSeconds: 4 }
policy: { approvals: ${approvals}${earlyNeeds === undefined ? '' : `, disclosure: { earlyNeeds: ${earlyNeeds} }`} }
site: { directory: ${daemon.site}, url: "https://security.example.org", listen: "127.0.0.1:${this.webPort}" }
schedule: "* * * * * *"
log: { level: info }
${more}`);
  }

  /** A signed and encrypted mail of `by` to the daemon. */
  async write(by: Gnupg, to: string, subject: string, text: string, more: Partial<Mail> = {}): Promise<Buffer> {
    const mail: Mail = { from: `${by.name} <${by.address}>`, to, subject, text, ...more };
    return encryptedMail(mail, by, [this.team.fingerprint], true);
  }

  async say(by: Gnupg, to: string, subject: string, text: string, more: Partial<Mail> = {}): Promise<void> {
    await this.door(by.address, to, await this.write(by, to, subject, text, more));
  }

  /** A mail as its reader opens it; GnuPG is asked once. */
  open(mail: Relayed, reader: Gnupg): Promise<Received> {
    const opened = this.#opened.get(mail) ?? readReceived(mail.raw, reader);
    this.#opened.set(mail, opened);
    return opened;
  }

  /** The first mail to `reader`, not among `after`, whose opened text or subject holds `words`. */
  async read(
    reader: Gnupg,
    words: string | RegExp,
    after: ReadonlySet<Relayed> = new Set(),
  ): Promise<Received & { mail: Relayed }> {
    let found: Received | null = null;
    const mail = await this.relay.until(
      async (candidate) => {
        if (candidate.to !== reader.address || after.has(candidate)) return false;
        const opened = await this.open(candidate, reader);
        const all = `${opened.subject}\n${opened.text}`;
        if (typeof words === 'string' ? !all.includes(words) : !words.test(all)) return false;
        found = opened;
        return true;
      },
      `to ${reader.address} with ${String(words)}`,
    );
    if (found === null) throw new Error('unreachable');
    return { ...(found as Received), mail };
  }

  async leave(): Promise<void> {
    await this.daemon.remove();
    await this.relay.close();
    await Promise.all(this.everyone.map((person) => person.leave()));
  }
}
