/** What of Oracle's is offered here: A1.Flex in a few sizes, and Ubuntu. */
import type { ProviderImage, ServerTypeOffer } from '@xanthus/proto/vps';
import type { z } from 'zod';
import type { image } from './oci.shapes.js';

export const SHAPE = 'VM.Standard.A1.Flex';
const GB = 1024 ** 3;
const BOOT_GB = 47;

interface Size { readonly ocpus: number; readonly memoryInGBs: number }
const SIZES: readonly Size[] = [[1, 6], [2, 12], [3, 18], [4, 24], [8, 48]].map(([ocpus = 1, memoryInGBs = 6]) => ({ ocpus, memoryInGBs }));

export const nameOf = ({ ocpus, memoryInGBs }: Size): string => `a1.flex-${ocpus}-${memoryInGBs}`;
/** Any size of the shape, also one that isn't offered: it may have been made elsewhere. */
export const sizeOf = (type: string): Size | undefined => {
  const [, ocpus, memory] = /^a1\.flex-(\d{1,2})-(\d{1,3})$/.exec(type) ?? [];
  return ocpus === undefined || memory === undefined ? undefined : { ocpus: Number(ocpus), memoryInGBs: Number(memory) };
};
export const OFFERED = SIZES;

/** Oracle's public price list: 0.01 USD per core and hour, 0.0015 per GB and hour. What an account has for free each month isn't taken off. */
const hourly = ({ ocpus, memoryInGBs }: Size): number => ocpus * 100 + memoryInGBs * 15; // in 1/10,000 USD
const text = (parts: number): string => (parts / 10_000).toFixed(4);
const priced = (parts: number) => ({ net: text(parts), gross: text(parts) });

/** @param free undefined: nobody says */
export const offerOf = (size: Size, locations: readonly string[], free: (location: string, size: Size) => boolean | undefined): ServerTypeOffer => ({
  name: nameOf(size), description: `A1 ${size.ocpus} / ${size.memoryInGBs} GB`, architecture: 'arm', cpus: size.ocpus, cpu_kind: 'dedicated', memory_bytes: size.memoryInGBs * GB, disk_bytes: BOOT_GB * 1_000_000_000,
  offers: locations.map((location) => {
    const available = free(location, size) ?? true;
    return { location, available, ...(!available && { reason: `Out of capacity in ${location} just now.` }), hourly: priced(hourly(size)), monthly: priced(hourly(size) * 744) };
  }),
});

const VERSIONS = ['24.04', '22.04'] as const;
type OciImage = z.output<typeof image>;

/** The newest of each version; `ubuntu-24.04` is what one asks for, its id differs from region to region. */
export const newestImages = (images: readonly OciImage[]): ReadonlyMap<string, OciImage> => new Map(VERSIONS.flatMap((version) => {
  const [newest] = images.filter(i => i.operatingSystemVersion === version && i.lifecycleState === 'AVAILABLE').sort((a, b) => b.timeCreated.localeCompare(a.timeCreated));
  return newest ? [[`ubuntu-${version}`, newest] as const] : [];
}));

export const imageOf = (ref: string, { displayName, operatingSystemVersion }: OciImage): ProviderImage =>
  ({ ref, name: ref, description: displayName, os: 'ubuntu', version: operatingSystemVersion, architecture: 'arm', supported: true, deprecated: false });
