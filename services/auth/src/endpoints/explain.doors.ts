import { Views } from '@xanthus/jetstream';
import { Doors, QueryDoor, type Call } from '@xanthus/nest';
import { allows, viewKey, type CapabilityDocument, type CapabilityRequest, type DataOf, type OutputOf, type ParsedInputOf } from '@xanthus/proto';
import { explain, type capabilitiesView } from '@xanthus/proto/auth';

type Question = ParsedInputOf<typeof explain>;

const requestOf = ({ what, name = '', pattern }: Question): CapabilityRequest => {
  switch (what) {
    case 'subject': return { what, subject: pattern };
    case 'command': return { what, subject: pattern };
    case 'bucket': return { what, bucket: name, pattern };
    case 'stream': return { what, stream: name, filter: pattern };
  }
};

const NOTHING: CapabilityDocument = { subjects: [], buckets: {}, commands: [], streams: {} };

/** The document cut down to each single grant, with the grant's name. */
const single = (document: CapabilityDocument): [string, CapabilityDocument][] => [
  ...document.subjects.map((p): [string, CapabilityDocument] => [p, { ...NOTHING, subjects: [p] }]),
  ...document.commands.map((p): [string, CapabilityDocument] => [p, { ...NOTHING, commands: [p] }]),
  ...Object.entries(document.buckets).flatMap(([b, ps]) => ps.map((p): [string, CapabilityDocument] => [`${b} ${p}`, { ...NOTHING, buckets: { [b]: [p] } }])),
  ...Object.entries(document.streams).flatMap(([s, ps]) => ps.map((p): [string, CapabilityDocument] => [`${s} ${p}`, { ...NOTHING, streams: { [s]: [p] } }])),
];

@Doors()
export class ExplainDoors {
  constructor(private readonly views: Views) {}

  @QueryDoor(explain)
  async explain(input: Question, call: Call): Promise<OutputOf<typeof explain>> {
    const found = await this.views.get<DataOf<typeof capabilitiesView>>(viewKey(call.tenant, 'capabilities', call.id));
    if (found === undefined) return { allowed: false, grant: null, role: null, revision: 0, document: null };
    const request = requestOf(input);
    const { principal, ...document } = found.data;
    const grant = single(document).find(([, one]) => allows(one, request))?.[0] ?? null;
    return { allowed: allows(document, request), grant, role: principal.role, revision: found.seq, document };
  }
}
