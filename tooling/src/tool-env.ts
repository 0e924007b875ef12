import { delimiter, dirname, join } from 'node:path';

/** The tools of the workspace in `folder`, and the Node that runs this, before whatever else the machine has. */
export const toolEnv = (folder: string) => ({
  PATH: [join(folder, 'node_modules', '.bin'), dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter),
  TURBO_TELEMETRY_DISABLED: '1',
  NO_COLOR: '1',
  FORCE_COLOR: undefined,
});
