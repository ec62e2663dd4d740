import { NO_CONTENT, ok, paged, refuse, sorted } from './answer.js';
import { datacenterDocument, imageDocument, pricingDocument, typeDocument } from './documents.js';
import { selector } from './labels.js';
import { idOf, type Call, type Route } from './route.js';
import type { Image } from './state.js';

const byName = <T extends { readonly name: string }>(call: Call, items: readonly T[]): T[] => { const name = call.query.get('name'); return name === null ? [...items] : items.filter(i => i.name === name); };

const images = (call: Call): Image[] => [...call.state.images.values()].filter(i => i.project === undefined || i.project === call.project.id);
const imageOf = (call: Call): Image => images(call).find(i => i.id === idOf(call)) ?? refuse('not_found', 'image not found');

const listImages = (call: Call) => {
  const any = (name: string) => { const wanted = call.query.getAll(name); return (value: string): boolean => wanted.length === 0 || wanted.includes(value); };
  const [type, status, matches, name] = [any('type'), any('status'), selector(call.query.get('label_selector')), call.query.get('name')];
  const architecture = call.query.get('architecture');
  const old = call.query.get('include_deprecated') === 'true';
  return paged('images', sorted(images(call).filter(i =>
    type(i.type) && status(i.status) && matches(i.labels) && (name === null || i.name === name) && (architecture === null || i.architecture === architecture) && (old || i.deprecated === null)), call.query).map(imageDocument), call.query);
};

export const catalogueRoutes: readonly Route[] = [
  { method: 'get', path: '/server_types', handle: call => paged('server_types', byName(call, call.state.types).map(t => typeDocument(call.state, t)), call.query) },
  {
    method: 'get', path: '/server_types/{id}',
    handle: call => ok({ server_type: typeDocument(call.state, call.state.types.find(t => t.id === idOf(call)) ?? refuse('not_found', 'server type not found')) }),
  },
  { method: 'get', path: '/locations', handle: call => paged('locations', sorted(byName(call, call.state.locations), call.query), call.query) },
  { method: 'get', path: '/locations/{id}', handle: call => ok({ location: call.state.locations.find(l => l.id === idOf(call)) ?? refuse('not_found', 'location not found') }) },
  {
    method: 'get', path: '/datacenters', handle: call => {
      const all = call.state.locations.map(l => datacenterDocument(call.state, l)) as { readonly id: number; readonly name: string }[];
      const answer = paged('datacenters', sorted(byName(call, all), call.query), call.query);
      return { ...answer, body: { ...answer.body, recommendation: 4 } };
    },
  },
  {
    method: 'get', path: '/datacenters/{id}', handle: call => {
      const all = call.state.locations.map(l => datacenterDocument(call.state, l)) as { readonly id: number }[];
      return ok({ datacenter: all.find(d => d.id === idOf(call)) ?? refuse('not_found', 'datacenter not found') });
    },
  },
  { method: 'get', path: '/images', handle: listImages },
  { method: 'get', path: '/images/{id}', handle: call => ok({ image: imageDocument(imageOf(call)) }) },
  {
    method: 'delete', path: '/images/{id}', handle: call => {
      const image = imageOf(call);
      if (image.project === undefined) return refuse('forbidden', 'only snapshots and backups can be deleted');
      call.state.images.delete(image.id);
      return NO_CONTENT;
    },
  },
  { method: 'get', path: '/pricing', handle: call => ok({ pricing: pricingDocument(call.state) }) },
];
