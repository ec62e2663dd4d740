import type { NatsConnection } from '@nats-io/transport-node';
import { signalSubject } from '@xanthus/proto';
import { cloudflareStepSignal, type CloudflareStep } from '@xanthus/proto/auth';

/** Tells the steps of a token check while it runs, to whoever listens. */
export class StepSignals {
  constructor(private readonly nc: Pick<NatsConnection, 'publish'>) {}

  teller(tenant: string, id: string): (step: CloudflareStep) => void {
    const subject = signalSubject({ tenant, service: cloudflareStepSignal.service, aggregate: cloudflareStepSignal.aggregate, id }, cloudflareStepSignal.what);
    return step => { this.nc.publish(subject, JSON.stringify({ step })); };
  }
}
