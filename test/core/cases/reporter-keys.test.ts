import { describe, expect, it } from 'vitest';
import { reportersWithKeys } from '../../../src/core/cases/merging.ts';
import { keyNews, lacksKey } from '../../../src/core/cases/reporter-keys.ts';
import { readers } from '../../../src/core/roster/audiences.ts';
import type { OfferedKey } from '../../../src/core/message.ts';
import {
  ada,
  address,
  allKeys,
  contextAt,
  incoming,
  key,
  keysOf,
  lettersIn,
  readersOf,
  reportedBy,
  rita,
  start,
  Story,
  ben,
} from '../given.ts';
import { opened, part } from '../opened.ts';

const fresh = key('7');
const others = [key('8'), key('9'), key('6'), key('4'), key('3'), key('2')];
const everyKey = new Map([...allKeys, ...keysOf([fresh, ...others].map((each) => ({ ...rita, key: each })))]);
const context = contextAt(start, { keys: everyKey });

const offered = (fingerprint: typeof fresh, source: OfferedKey['source'] = 'attachment', of = rita): OfferedKey => ({
  fingerprint,
  addresses: [of.address],
  armored: '',
  source,
});

const reporter = { address: rita.address, name: rita.name, key: rita.key, answerable: true };
const keyless = { ...reporter, key: null };

const heard = (keys: readonly OfferedKey[], over: Parameters<typeof incoming>[2] = {}, inThread = true) => ({
  message: opened([part('1', 'x', [])], { offered: keys }),
  incoming: incoming(5, { ...rita, key: null }, { key: fresh, ...over }),
  inThread,
});

describe('a key that comes with a reporter’s mail', () => {
  it('is taken as the first in an answer to a mail of ours, and announced otherwise', () => {
    expect(keyNews(heard([offered(fresh)]), [keyless], [], context)).toEqual([
      { type: 'reporter-key-learned', key: fresh, reporter: rita.address },
    ]);
    expect(keyNews(heard([offered(fresh)], {}, false), [keyless], [], context)).toMatchObject([
      { type: 'reporter-key-offered', key: fresh },
    ]);
  });

  it('is announced and not taken where it is another than the one in use', () => {
    expect(keyNews(heard([offered(rita.key), offered(fresh)]), [reporter], [], context)).toEqual([
      { type: 'reporter-key-offered', reporter: rita.address, key: fresh, proven: false },
    ]);
    const { speaker } = incoming(5, rita);
    expect(keyNews(heard([offered(fresh)], { speaker }), [reporter], [], context)).toMatchObject([{ proven: true }]);
  });

  it('is announced where they were invited with another', () => {
    const story = new Story();
    story.happens([reportedBy(incoming(1, { ...rita, key: null }))], incoming(1, { ...rita, key: null }));
    const invited = { type: 'invited', address: rita.address, name: rita.name, key: rita.key } as const;
    story.happens([invited], incoming(2, ada));
    expect(keyNews(heard([offered(fresh)]), reportersWithKeys(story.case), [], context)).toMatchObject([
      { type: 'reporter-key-offered', key: fresh },
    ]);
    // The terms do not stand between them and what they are told as a reporter.
    expect(readers('case', story.case, context.roster).at(-1)).toMatchObject({ role: 'reporter', key: rita.key });
  });

  it('is not taken while it is in doubt whose the known ones are', () => {
    expect(keyNews(heard([offered(fresh)]), [{ ...keyless, disputed: true }], [], context)).toMatchObject([
      { type: 'reporter-key-offered', key: fresh },
    ]);
  });

  it('is no news where it is in use, somebody else’s, only told of, or in a mail that was sent on', () => {
    expect(keyNews(heard([offered(rita.key)]), [reporter], [], context)).toEqual([]);
    expect(keyNews(heard([offered(fresh, 'gossip')]), [keyless], [], context)).toEqual([]);
    expect(keyNews(heard([offered(fresh)], { sentOn: true }), [reporter], [], context)).toEqual([]);
    expect(keyNews(heard([offered(ada.key, 'attachment', ada)]), [reporter], [], context)).toEqual([]);
    const strange = heard([offered(fresh)], { from: { name: null, address: address('x@elsewhere.example') } });
    expect(keyNews(strange, [reporter], [], context)).toEqual([]);
  });

  it('is announced once, and a flood of them five times at most', () => {
    const story = new Story();
    story.happens([reportedBy(incoming(1, rita))], incoming(1, rita));
    let announced = 0;
    for (const each of [fresh, fresh, ...others]) {
      const news = keyNews(heard([offered(each)]), [reporter], story.case.history, context);
      const effects = news.length === 0 ? [] : story.happens(news, incoming(5, rita));
      announced += lettersIn(effects, 'key-offered').length;
    }
    expect(announced).toBe(5);
    expect(story.case.reporter?.key).toBe(rita.key);
  });

  it('is told of to every coordinator, sealed, and to nobody else', () => {
    const story = new Story();
    story.happens([reportedBy(incoming(1, rita))], incoming(1, rita));
    const effects = story.happens(keyNews(heard([offered(fresh)]), [reporter], [], context), incoming(5, rita));
    expect(readersOf(lettersIn(effects, 'key-offered'))).toEqual([ada.address, ben.address]);
    expect(effects).toHaveLength(1);
    expect(effects).toMatchObject([{ protection: 'sealed', facts: { command: `#trust ${rita.address} ${fresh}` } }]);
  });
});

describe('a key is looked up', () => {
  const text = [part('1', 'x', [])];
  const without = contextAt(start, {
    keys: new Map([...everyKey].filter(([, { addresses }]) => !addresses.includes(rita.address))),
  });

  it('for a stranger who sent none and has none on record, and for nobody on the roster', () => {
    expect(lacksKey(opened(text), without)).toBe(true);
    expect(lacksKey(opened(text), context)).toBe(false);
    expect(lacksKey(opened(text, { from: [ada] }), without)).toBe(false);
    expect(lacksKey(opened(text, { from: [rita, ada] }), without)).toBe(false);
    const keys = new Map([...without.keys, ...keysOf([{ ...rita, key: fresh }])]);
    const learned = new Map([...keys].map(([id, facts]) => [id, { ...facts, learned: true as const }]));
    expect(lacksKey(opened(text, { offered: [offered(fresh)] }), contextAt(start, { keys: learned }))).toBe(false);
    expect(lacksKey(opened(text), contextAt(start, { keys: learned }))).toBe(true);
  });
});
