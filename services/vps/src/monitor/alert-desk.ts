import { handleAsService } from '@xanthus/processes';
import { ALERT_KINDS, type AlertFinding, type AlertKind } from '@xanthus/proto/vps';
import { alertType, isSameAlert } from '../alerts/alert.decide.js';
import { follow, newTrack, type Seen } from '../alerts/evaluate.js';
import type { AlertsRow } from '../views/alerts.js';
import type { VpsContext } from '../vps.context.js';

/** What was told is in the view a moment later; then it is told again, should it still differ. ms */
const PATIENCE = 15_000;

export interface AlertDesk {
  /** As the view has it now; undefined: no row. `key` is `<tenant>.<server>`. */
  set(key: string, row: AlertsRow | undefined): void;
  clear(): void;
  /** For the watch of one server: judges each thing that it sees, and records what differs from what the view shows. Never throws. */
  watch(target: { readonly tenant: string; readonly id: string }): (seen: Seen) => Promise<void>;
}

/**
 * Compares what is seen with what the view shows, at each round: so an alert that was raised or cleared while this copy did not run, or whose event could
 * not be written, comes right by itself.
 */
export const openAlertDesk = (vps: VpsContext): AlertDesk => {
  const rows = new Map<string, AlertsRow>();
  return {
    set(key, row) {
      if (row) rows.set(key, row); else rows.delete(key);
    },
    clear: () => rows.clear(),
    watch({ tenant, id }) {
      let track = newTrack;
      let told: { readonly text: string; readonly at: number } | undefined;
      return async seen => {
        const row = rows.get(`${tenant}.${id}`);
        const now = performance.now();
        track = follow(track, seen, now / 1_000, row?.limits ?? {});
        const raised: AlertFinding[] = [];
        const cleared: { kind: AlertKind; message?: string }[] = [];
        for (const kind of ALERT_KINDS) {
          const verdict = track.verdicts[kind];
          const open = row?.alerts.find(a => a.kind === kind && a.status === 'open');
          if (verdict?.is === 'open' && !(open && isSameAlert(open, verdict.finding))) raised.push(verdict.finding);
          if (verdict?.is === 'over' && open) cleared.push({ kind, ...(verdict.message === undefined ? {} : { message: verdict.message }) });
        }
        if (raised.length + cleared.length === 0) return void (told = undefined);
        const text = JSON.stringify([raised.map(f => [f.kind, f.services]), cleared.map(c => c.kind)]);
        if (told?.text === text && now - told.at < PATIENCE) return;
        try {
          await handleAsService(vps, alertType, tenant, id, { type: 'Observe', data: { raised, cleared } });
          told = { text, at: now };
        } catch (error) {
          vps.log.warn({ err: error, server: id }, 'an alert could not be recorded; the next round tries again');
        }
      };
    },
  };
};
