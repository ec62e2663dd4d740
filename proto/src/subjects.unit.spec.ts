import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  commandSubject, eventSubject, externalSubject, insideSubject, keySubject, markerSubject, metricsSubject, parseCommandSubject, parseEventSubject, parseQuerySubject, parseViewKey, querySubject, seriesSubject,
  signalSubject, streamName, streamSubjects, timerSubject, viewKey,
} from './subjects.js';
import { contains } from './capabilities.js';

const token = fc.stringMatching(/^[a-z0-9-]{1,20}$/);
const slug = fc.stringMatching(/^[a-z][a-z0-9-]{1,30}$/);
const aggregate = fc.record({ tenant: slug, service: token, aggregate: token, id: token });
const command = fc.record({ tenant: slug, service: token, aggregate: token, id: token, verb: token });
/** What a person might type: anything but a token. */
const bad = fc.oneof(fc.constantFrom('', '*', '>', 'a.b', 'A', 'a b', 'a\n', '\u0000', 'ä', '$JS', '_pos', '../x'), fc.string().filter(s => !/^[a-z0-9-]+$/.test(s)));

describe('subjects', () => {
  it('an event\'s is built and parsed back', () => {
    fc.assert(fc.property(aggregate, ref => {
      expect(parseEventSubject(eventSubject(ref))).toEqual(ref);
    }));
  });

  it('a command\'s is built and parsed back, from inside and from outside', () => {
    fc.assert(fc.property(command, ref => {
      const subject = commandSubject(ref);
      expect(parseCommandSubject(subject)).toEqual({ ...ref, external: false });
      expect(parseCommandSubject(externalSubject(subject))).toEqual({ ...ref, external: true });
      expect(insideSubject(externalSubject(subject))).toEqual({ subject, external: true });
      expect(insideSubject(subject)).toEqual({ subject, external: false });
    }));
  });

  it('a query\'s is built and parsed back, of a view and of a question', () => {
    fc.assert(fc.property(slug, token, token, token, (tenant, service, view, id) => {
      const ofView = { tenant, service, question: 'view', view, id };
      expect(parseQuerySubject(querySubject(ofView))).toEqual({ ...ofView, external: false });
      expect(parseQuerySubject(externalSubject(querySubject(ofView)))).toEqual({ ...ofView, external: true });
      const ofPast = { tenant, service, question: 'view-at', view, id };
      expect(parseQuerySubject(querySubject(ofPast))).toEqual({ ...ofPast, external: false });
      expect(querySubject({ tenant, service, question: `view-at/${view}`, id })).toBe(querySubject(ofPast));
      fc.pre(!['view', 'view-at', 'view-history'].includes(view));
      const ofQuestion = { tenant, service, question: view, id };
      expect(parseQuerySubject(querySubject(ofQuestion))).toEqual({ ...ofQuestion, external: false });
    }));
  });

  it('a view key is built and parsed back, also with an id of several tokens', () => {
    fc.assert(fc.property(slug, token, fc.array(token, { minLength: 1, maxLength: 3 }), (tenant, view, id) => {
      expect(parseViewKey(viewKey(tenant, view, ...id))).toEqual({ tenant, view, id: id.join('.') });
    }));
  });

  it('no builder lets anything but a token in', () => {
    fc.assert(fc.property(bad, x => {
      expect(() => eventSubject({ tenant: 'acme', service: 'vps', aggregate: 'server', id: x })).toThrow(TypeError);
      expect(() => commandSubject({ tenant: 'acme', service: 'vps', aggregate: 'server', id: 'new', verb: x })).toThrow(TypeError);
      expect(() => commandSubject({ tenant: x, service: 'vps', aggregate: 'server', id: 'new', verb: 'adopt' })).toThrow(TypeError);
      expect(() => querySubject({ tenant: 'acme', service: 'vps', question: x, id: 'all' })).toThrow(TypeError);
      expect(() => viewKey('acme', 'servers', x)).toThrow(TypeError);
      expect(() => signalSubject({ tenant: 'acme', service: 'vps', aggregate: 'server', id: '1' }, x)).toThrow(TypeError);
      expect(() => metricsSubject('acme', 'vps', x)).toThrow(TypeError);
      expect(() => seriesSubject('acme', 'vps', x, 'hour')).toThrow(TypeError);
      expect(() => markerSubject('acme', 'vps', 'name', x)).toThrow(TypeError);
      expect(() => timerSubject('acme', 'vps', 'poll', x)).toThrow(TypeError);
      expect(() => keySubject(x, 'unwrap')).toThrow(TypeError);
      expect(() => streamName(x)).toThrow(TypeError);
    }));
  });

  it('no parser throws, and what it takes can be built again', () => {
    const piece = fc.oneof(token, fc.constantFrom('evt', 'cmd', 'qry', 'ext', 'view', 'view-at', 'view-history', 'new', '', '*', '>', '$JS', '_pos', 'A', 'a b'));
    fc.assert(fc.property(fc.oneof(fc.string(), fc.array(piece, { maxLength: 8 }).map(t => t.join('.'))), subject => {
      parseViewKey(subject);
      const event = parseEventSubject(subject);
      if (event !== undefined) expect(eventSubject(event)).toBe(subject);
      const command = parseCommandSubject(subject);
      if (command !== undefined) expect(command.external ? externalSubject(commandSubject(command)) : commandSubject(command)).toBe(subject);
      const query = parseQuerySubject(subject);
      if (query !== undefined) expect(query.external ? externalSubject(querySubject(query)) : querySubject(query)).toBe(subject);
    }), { numRuns: 2_000 });
    expect(parseCommandSubject('cmd.*.vps.server.1.rename')).toBeUndefined();
    expect(parseCommandSubject('cmd.acme.vps.server.UP.rename')).toBeUndefined();
    expect(parseQuerySubject('qry.acme.vps.view.servers.$x')).toBeUndefined();
  });

  it('events and markers of a service fit its stream, others do not', () => {
    fc.assert(fc.property(aggregate, ref => {
      const subjects = streamSubjects(ref.service);
      expect(subjects.some(s => contains(s, eventSubject(ref)))).toBe(true);
      expect(subjects.some(s => contains(s, markerSubject(ref.tenant, ref.service, ref.aggregate, ref.id)))).toBe(true);
      expect(subjects.some(s => contains(s, commandSubject({ ...ref, verb: 'x' })))).toBe(false);
    }));
  });

  it('internal keys have no tenant', () => {
    expect(parseViewKey('_pos.all')).toBeUndefined();
    expect(parseViewKey('_floor')).toBeUndefined();
    expect(parseViewKey('acme')).toBeUndefined();
  });
});
