import { Link, type LinkProps } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { ThingAddress } from '../lib/thing-link.js';

/** To the page of a thing: `<ThingLink to={thingLink(thing)}>web-1</ThingLink>`. Without an address it is text. */
export const ThingLink = ({ to, className, children }: { readonly to: ThingAddress | undefined; readonly className?: string; readonly children: ReactNode }): ReactNode =>
  (to ? <Link {...(to as unknown as LinkProps)} className={className}>{children}</Link> : <span className={className}>{children}</span>);
