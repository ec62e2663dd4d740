import { Inject } from '@nestjs/common';
import { Refusal } from '@xanthus/kernel';
import { CommandDoor, Doors, QueryDoor, type Call } from '@xanthus/nest';
import type { OutputOf, ParsedInputOf } from '@xanthus/proto';
import {
  addServerKey, applyManifest, createSnapshot, deleteSnapshot, followLogs, powerOffServer, powerOnServer, readKubeconfig, rebootServer, rebuildServer, removeServerKey, resetServer, resizeServer, serverInfo, serverKeys,
  serverLogs, serverSnapshots, serverStatus, setTimeZone, shutdownServer, sshHosts, stopLogs, timeZones,
} from '@xanthus/proto/vps';
import type { VpsContext } from '../vps.context.js';
import { VPS_CONTEXT } from './tokens.js';

const soon = (): never => { throw new Refusal('SERVER.NOT_SUPPORTED', 'This is not built yet.'); };

@Doors()
export class LifeDoors {
  constructor(@Inject(VPS_CONTEXT) private readonly vps: VpsContext) {}

  @CommandDoor(powerOnServer)
  async powerOn(_input: ParsedInputOf<typeof powerOnServer>, _call: Call): Promise<OutputOf<typeof powerOnServer>> {
    return soon();
  }

  @CommandDoor(powerOffServer)
  async powerOff(_input: ParsedInputOf<typeof powerOffServer>, _call: Call): Promise<OutputOf<typeof powerOffServer>> {
    return soon();
  }

  @CommandDoor(rebootServer)
  async reboot(_input: ParsedInputOf<typeof rebootServer>, _call: Call): Promise<OutputOf<typeof rebootServer>> {
    return soon();
  }

  @CommandDoor(resetServer)
  async reset(_input: ParsedInputOf<typeof resetServer>, _call: Call): Promise<OutputOf<typeof resetServer>> {
    return soon();
  }

  @CommandDoor(shutdownServer)
  async shutdown(_input: ParsedInputOf<typeof shutdownServer>, _call: Call): Promise<OutputOf<typeof shutdownServer>> {
    return soon();
  }

  @CommandDoor(resizeServer)
  async resize(_input: ParsedInputOf<typeof resizeServer>, _call: Call): Promise<OutputOf<typeof resizeServer>> {
    return soon();
  }

  @CommandDoor(rebuildServer)
  async rebuild(_input: ParsedInputOf<typeof rebuildServer>, _call: Call): Promise<OutputOf<typeof rebuildServer>> {
    return soon();
  }

  @CommandDoor(createSnapshot)
  async createSnapshot(_input: ParsedInputOf<typeof createSnapshot>, _call: Call): Promise<OutputOf<typeof createSnapshot>> {
    return soon();
  }

  @CommandDoor(deleteSnapshot)
  async deleteSnapshot(_input: ParsedInputOf<typeof deleteSnapshot>, _call: Call): Promise<OutputOf<typeof deleteSnapshot>> {
    return soon();
  }

  @CommandDoor(setTimeZone)
  async setTimeZone(_input: ParsedInputOf<typeof setTimeZone>, _call: Call): Promise<OutputOf<typeof setTimeZone>> {
    return soon();
  }

  @CommandDoor(applyManifest)
  async applyManifest(_input: ParsedInputOf<typeof applyManifest>, _call: Call): Promise<OutputOf<typeof applyManifest>> {
    return soon();
  }

  @CommandDoor(readKubeconfig)
  async readKubeconfig(_input: ParsedInputOf<typeof readKubeconfig>, _call: Call): Promise<OutputOf<typeof readKubeconfig>> {
    return soon();
  }

  @CommandDoor(addServerKey)
  async addKey(_input: ParsedInputOf<typeof addServerKey>, _call: Call): Promise<OutputOf<typeof addServerKey>> {
    return soon();
  }

  @CommandDoor(removeServerKey)
  async removeKey(_input: ParsedInputOf<typeof removeServerKey>, _call: Call): Promise<OutputOf<typeof removeServerKey>> {
    return soon();
  }

  @CommandDoor(followLogs)
  async followLogs(_input: ParsedInputOf<typeof followLogs>, _call: Call): Promise<OutputOf<typeof followLogs>> {
    return soon();
  }

  @CommandDoor(stopLogs)
  async stopLogs(_input: ParsedInputOf<typeof stopLogs>, _call: Call): Promise<OutputOf<typeof stopLogs>> {
    return soon();
  }

  @QueryDoor(serverStatus)
  async status(_input: ParsedInputOf<typeof serverStatus>, _call: Call): Promise<OutputOf<typeof serverStatus>> {
    return soon();
  }

  @QueryDoor(serverInfo)
  async info(_input: ParsedInputOf<typeof serverInfo>, _call: Call): Promise<OutputOf<typeof serverInfo>> {
    return soon();
  }

  @QueryDoor(serverLogs)
  async logs(_input: ParsedInputOf<typeof serverLogs>, _call: Call): Promise<OutputOf<typeof serverLogs>> {
    return soon();
  }

  @QueryDoor(serverSnapshots)
  async snapshots(_input: ParsedInputOf<typeof serverSnapshots>, _call: Call): Promise<OutputOf<typeof serverSnapshots>> {
    return soon();
  }

  @QueryDoor(serverKeys)
  async keys(_input: ParsedInputOf<typeof serverKeys>, _call: Call): Promise<OutputOf<typeof serverKeys>> {
    return soon();
  }

  @QueryDoor(timeZones)
  async timeZones(_input: ParsedInputOf<typeof timeZones>, _call: Call): Promise<OutputOf<typeof timeZones>> {
    return soon();
  }

  @QueryDoor(sshHosts)
  async sshHosts(_input: ParsedInputOf<typeof sshHosts>, _call: Call): Promise<OutputOf<typeof sshHosts>> {
    return soon();
  }
}
