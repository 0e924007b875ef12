import type { AppSettings } from '../core/settings.ts';

/** Written by the build (bundle.ts). */
declare const __TWOHOP__: AppSettings;

export const settings: AppSettings = __TWOHOP__;
