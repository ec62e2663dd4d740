import { Inject } from '@nestjs/common';
import { CommandDoor, Doors, QueryDoor, type Call } from '@xanthus/nest';
import type { OutputOf, ParsedInputOf, Written } from '@xanthus/proto';
import {
  addServerKey, applyManifest, createSnapshot, deleteSnapshot, followLogs, powerOffServer, powerOnServer, readKubeconfig, rebootServer, rebuildServer, removeServerKey, resetServer, resizeServer, serverInfo, serverKeys,
  serverLogs, serverSnapshots, serverStatus, setTimeZone, shutdownServer, sshHosts, stopLogs, timeZones,
} from '@xanthus/proto/vps';
import { applyManifest as runApply } from '../life/apply-manifest.js';
import type { FindAtProvider } from '../life/at-provider.js';
import { followLogs as runFollow, stopLogs as runStop } from '../life/follow-logs.js';
import { info } from '../life/info.js';
import { readKubeconfig as runKubeconfig } from '../life/kubeconfig.js';
import { logs } from '../life/logs.js';
import { addServerKey as runAddKey, removeServerKey as runRemoveKey, serverKeys as runKeys } from '../life/server-keys.js';
import { snapshots, startOperation, type Wanted } from '../life/start-operation.js';
import { status } from '../life/status.js';
import { setTimeZone as runTimeZone, timeZones as allTimeZones } from '../life/time-zone.js';
import { listSshHosts } from '../ssh-hosts/list-ssh-hosts.js';
import type { VpsContext } from '../vps.context.js';
import { FIND_AT_PROVIDER, VPS_CONTEXT } from './tokens.js';

type Started = OutputOf<typeof rebootServer>;

@Doors()
export class LifeDoors {
  constructor(@Inject(VPS_CONTEXT) private readonly vps: VpsContext, @Inject(FIND_AT_PROVIDER) private readonly find: FindAtProvider) {}

  private start(wanted: Wanted, call: Call): Promise<Started> {
    return startOperation(this.vps, this.find, wanted, call);
  }

  @CommandDoor(powerOnServer)
  powerOn(_input: ParsedInputOf<typeof powerOnServer>, call: Call): Promise<Started> {
    return this.start({ kind: 'power-on' }, call);
  }

  @CommandDoor(powerOffServer)
  powerOff(_input: ParsedInputOf<typeof powerOffServer>, call: Call): Promise<Started> {
    return this.start({ kind: 'power-off' }, call);
  }

  @CommandDoor(rebootServer)
  reboot(_input: ParsedInputOf<typeof rebootServer>, call: Call): Promise<Started> {
    return this.start({ kind: 'reboot' }, call);
  }

  @CommandDoor(resetServer)
  reset(_input: ParsedInputOf<typeof resetServer>, call: Call): Promise<Started> {
    return this.start({ kind: 'reset' }, call);
  }

  @CommandDoor(shutdownServer)
  shutdown(_input: ParsedInputOf<typeof shutdownServer>, call: Call): Promise<Started> {
    return this.start({ kind: 'shutdown' }, call);
  }

  @CommandDoor(resizeServer)
  resize({ type, grow_disk }: ParsedInputOf<typeof resizeServer>, call: Call): Promise<Started> {
    return this.start({ kind: 'resize', wish: { type, grow_disk } }, call);
  }

  @CommandDoor(rebuildServer)
  rebuild({ image, confirm_name }: ParsedInputOf<typeof rebuildServer>, call: Call): Promise<Started> {
    return this.start({ kind: 'rebuild', wish: { image }, confirm_name }, call);
  }

  @CommandDoor(createSnapshot)
  createSnapshot({ description }: ParsedInputOf<typeof createSnapshot>, call: Call): Promise<Started> {
    return this.start({ kind: 'create-snapshot', wish: { description } }, call);
  }

  @CommandDoor(deleteSnapshot)
  deleteSnapshot({ snapshot }: ParsedInputOf<typeof deleteSnapshot>, call: Call): Promise<Started> {
    return this.start({ kind: 'delete-snapshot', wish: { snapshot } }, call);
  }

  @CommandDoor(setTimeZone)
  setTimeZone(input: ParsedInputOf<typeof setTimeZone>, call: Call): Promise<Written> {
    return runTimeZone(this.vps, input, call);
  }

  @CommandDoor(applyManifest)
  applyManifest(input: ParsedInputOf<typeof applyManifest>, call: Call): Promise<OutputOf<typeof applyManifest>> {
    return runApply(this.vps, input, call);
  }

  @CommandDoor(readKubeconfig)
  readKubeconfig(_input: ParsedInputOf<typeof readKubeconfig>, call: Call): Promise<OutputOf<typeof readKubeconfig>> {
    return runKubeconfig(this.vps, call);
  }

  @CommandDoor(addServerKey)
  addKey(input: ParsedInputOf<typeof addServerKey>, call: Call): Promise<OutputOf<typeof addServerKey>> {
    return runAddKey(this.vps, input, call);
  }

  @CommandDoor(removeServerKey)
  removeKey(input: ParsedInputOf<typeof removeServerKey>, call: Call): Promise<Written> {
    return runRemoveKey(this.vps, input, call);
  }

  @CommandDoor(followLogs)
  followLogs(input: ParsedInputOf<typeof followLogs>, call: Call): Promise<OutputOf<typeof followLogs>> {
    return runFollow(this.vps, input, call);
  }

  @CommandDoor(stopLogs)
  stopLogs(input: ParsedInputOf<typeof stopLogs>, call: Call): Promise<OutputOf<typeof stopLogs>> {
    return runStop(this.vps, input, call);
  }

  @QueryDoor(serverStatus)
  status(_input: ParsedInputOf<typeof serverStatus>, call: Call): Promise<OutputOf<typeof serverStatus>> {
    return status(this.vps, call);
  }

  @QueryDoor(serverInfo)
  info(_input: ParsedInputOf<typeof serverInfo>, call: Call): Promise<OutputOf<typeof serverInfo>> {
    return info(this.vps, call);
  }

  @QueryDoor(serverLogs)
  logs(input: ParsedInputOf<typeof serverLogs>, call: Call): Promise<OutputOf<typeof serverLogs>> {
    return logs(this.vps, input, call);
  }

  @QueryDoor(serverSnapshots)
  snapshots(_input: ParsedInputOf<typeof serverSnapshots>, call: Call): Promise<OutputOf<typeof serverSnapshots>> {
    return snapshots(this.vps, this.find, call);
  }

  @QueryDoor(serverKeys)
  keys(_input: ParsedInputOf<typeof serverKeys>, call: Call): Promise<OutputOf<typeof serverKeys>> {
    return runKeys(this.vps, call);
  }

  @QueryDoor(timeZones)
  async timeZones(_input: ParsedInputOf<typeof timeZones>, call: Call): Promise<OutputOf<typeof timeZones>> {
    return allTimeZones(new Date(call.now));
  }

  @QueryDoor(sshHosts)
  sshHosts(_input: ParsedInputOf<typeof sshHosts>, call: Call): Promise<OutputOf<typeof sshHosts>> {
    return listSshHosts(this.vps.config, call.tenant);
  }
}
