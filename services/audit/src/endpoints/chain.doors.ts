import { Inject } from '@nestjs/common';
import type { AuditSearch } from '@xanthus/jetstream';
import { Doors, QueryDoor, type Call } from '@xanthus/nest';
import { Refusal } from '@xanthus/kernel';
import { streamName, type OutputOf, type ParsedInputOf } from '@xanthus/proto';
import { auditBlocks, auditFind, auditVerify } from '@xanthus/proto/audit';
import { findRanges, listBlocks } from '../chain/find.js';
import { verifyChain, type Verifying } from '../chain/verify.js';
import { atOnce } from './at-once.js';
import { AUDIT_CONTEXT } from './tokens.js';

export interface AuditContext extends Verifying { /** Whose streams are chained. */ readonly services: readonly string[] }

@Doors()
export class ChainDoors {
  readonly #verifying = atOnce();

  constructor(@Inject(AUDIT_CONTEXT) private readonly audit: AuditContext) {}

  @QueryDoor(auditBlocks)
  blocks({ streams, before, limit }: ParsedInputOf<typeof auditBlocks>, call: Call): Promise<OutputOf<typeof auditBlocks>> {
    return listBlocks(this.audit.index, call.tenant, this.#services(streams), before, limit);
  }

  @QueryDoor(auditFind)
  find({ streams, before, limit, from, to, ...words }: ParsedInputOf<typeof auditFind>, call: Call): Promise<OutputOf<typeof auditFind>> {
    const search: AuditSearch = { ...words, ...(from === undefined ? {} : { from: Date.parse(from) }), ...(to === undefined ? {} : { to: Date.parse(to) }) };
    const services = this.#services(streams).filter(service => search.thing === undefined || search.thing.service === service);
    return findRanges(this.audit.index, call.tenant, services, search, before, limit);
  }

  @QueryDoor(auditVerify)
  async verify({ after, blocks }: ParsedInputOf<typeof auditVerify>, call: Call): Promise<OutputOf<typeof auditVerify>> {
    if (!this.audit.services.includes(call.id)) throw new Refusal('NOT_FOUND', `There is no stream ${call.id} that is chained; there are: ${this.audit.services.join(', ')}.`);
    return this.#verifying.run(`${call.tenant} ${call.actor.id}`, () => verifyChain(this.audit, call.tenant, call.id, after, blocks));
  }

  #services(streams: readonly string[] | undefined): readonly string[] {
    return streams === undefined ? this.audit.services : this.audit.services.filter(service => streams.includes(streamName(service)));
  }
}
