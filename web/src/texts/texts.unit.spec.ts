import { describe, expect, it } from '@jest/globals';
import { IntlMessageFormat } from 'intl-messageformat';
import { isValidElement, type ReactNode } from 'react';
import { fill, namesIn, parseMessage, type Into } from './icu.js';
import { pickLanguage } from './language.js';
import { rich, t, tc, within } from './text.js';
import { catalogOf, problemsOf, readCatalog } from './tools/catalogs.js';
import { findTexts, readAll } from './tools/find-texts.js';

/** As `text.ts` does, in any language. */
const intl = { en: [new Intl.NumberFormat('en'), new Intl.PluralRules('en')], de: [new Intl.NumberFormat('de'), new Intl.PluralRules('de')] } as const;
const written = (message: string, locale: 'en' | 'de', values: Readonly<Record<string, string | number>>): string => {
  const [numbers, plurals] = intl[locale];
  const into: Into<string> = { value: (name, number) => (number ? numbers.format(Number(values[name])) : String(values[name])), tag: (name, inner) => `<${name}>${inner.join('')}</${name}>` };
  return fill<string>(parseMessage(message), name => values[name], into, { number: n => numbers.format(n), plural: n => plurals.select(n) }).join('');
};
const reference = (message: string, locale: 'en' | 'de'): ((values: Readonly<Record<string, string | number>>) => string) => {
  const tags = Object.fromEntries(namesIn(message).filter(n => n.startsWith('<')).map(n => [n.slice(1, -1), (inner: readonly unknown[]) => `${n}${inner.join('')}</${n.slice(1)}`]));
  const format = new IntlMessageFormat(message, locale);
  return values => {
    const parts: unknown = format.format({ ...values, ...tags } as never);
    return Array.isArray(parts) ? parts.join('') : String(parts);
  };
};

describe('a text', () => {
  it('is said as it stands, with values, plurals and numbers', () => {
    expect(t('Save {nothing}')).toBe('Save {nothing}');
    expect(t('Delete {name}?', { name: '<b>' })).toBe('Delete <b>?');
    expect([0, 1, 1_234].map(n => t('{n, plural, =0 {none} one {# server} other {# servers}}', { n }))).toEqual(['none', '1 server', '1,234 servers']);
    expect(t('{n, number} of {m}', { n: 1_234, m: 1_234 })).toBe('1,234 of 1234');
    expect(t('{kind, select, a {an A} other {no A}}', { kind: 'b' })).toBe('no A');
    expect([tc('state', 'Open'), within('Made here')]).toEqual(['Open', 'made here']);
  });

  it('has elements inside', () => {
    const said = rich('By <b>{name}</b>, <i>long</i> ago', { b: inner => ['[', inner, ']'], i: undefined, name: 'Ada' }) as { readonly props: { readonly children: readonly ReactNode[] } };
    const flat = (node: ReactNode): string => (Array.isArray(node) ? node.map(flat).join('') : isValidElement(node) ? flat((node.props as { readonly children?: ReactNode }).children) : String(node ?? ''));
    expect(flat(said.props.children)).toBe('By [Ada], long ago');
  });

  it.each(['{', '{n', '{n, plural, one {x}}', '<b>x', 'a } b', '{n, date}', '</b>{'])('is refused where it is none: %s', message => { expect(() => parseMessage(message)).toThrow(/No message/); });

  it('quotes with apostrophes, and needs none for a single one', () => expect([written("it's '{'x'}' ''", 'en', {}), reference("it's '{'x'}' ''", 'en')({})]).toEqual(["it's {x} '", "it's {x} '"]));

  it('is in the first language that somebody asks for and that there is', () => {
    expect([pickLanguage('de', ['en']), pickLanguage(null, ['fr', 'de-AT', 'en']), pickLanguage('fr', []), pickLanguage(null, ['en-US', 'de'])]).toEqual(['de', 'de', 'en', 'en']);
  });
});

describe('the sources', () => {
  const { texts, faults } = readAll();

  it('say everything by the helper, each text with the values that it needs', () => { expect(faults.map(f => `web/src/${f.file}:${f.line}: ${f.what}`)).toEqual([]); });

  it('are in the catalog: otherwise `npm run texts`', () => { expect(readCatalog('en')).toEqual(catalogOf(texts)); });

  it('have everything in German, with the same places for values: `npm run texts -- --missing <file>`, fill it in, `-- --merge <file>`', () => {
    expect(problemsOf(texts, readCatalog('de'))).toEqual([]);
  });

  it('mean the same to ICU’s own implementation, in both languages', () => {
    const german = readCatalog('de');
    const differ = texts.flatMap(({ key, message }) => {
      let names: readonly string[];
      try { names = namesIn(message); } catch { return []; } // without values: no message
      if (names.length === 0) return [];
      return ([['en', message], ['de', german[key] ?? message]] as const).flatMap(([locale, text]) => {
        const theirs = reference(text, locale);
        // Without a choice, one count is like another.
        return (/, (?:plural|select|number)/.test(text) ? [0, 1, 2, 1_234] : [1]).flatMap(n => {
          const values = Object.fromEntries(names.filter(name => !name.startsWith('<')).map(name => [name, n]));
          const [ours, said] = [written(text, locale, values), theirs(values)];
          return ours === said ? [] : [`${text}: ${ours} / ${said}`];
        });
      });
    });
    expect(differ).toEqual([]);
  });

  it('are read whole: a text past the helper, one that is built, and wrong values are found', () => {
    const of = (source: string): readonly string[] => findTexts('x/y.tsx', source).faults.map(f => `${f.line} ${f.what}`);
    expect(of("const A = () => <p title=\"Yes you\">Hello</p>;")).toEqual(['1 title: “Yes you” stands outside the helper', '1 “Hello” stands outside the helper']);
    expect(of("const A = () => <p>{x ? 'Some words' : t('b')}</p>;")).toEqual(['1 “Some words” stands outside the helper']);
    expect(of("t(x);\nt('{a}');\nt('{a}', { b });")).toEqual(['1 t(…) needs its text as a literal, so that it can be found', '2 “{a}” has a but gets no values', '3 “{a}” gets no value for a', '3 “{a}” has no place for b']);
    expect(of("rich('<b>x</b> {n}', { b: <i />, n: 1 });")).toEqual([]);
  });
});
