import { join } from 'node:path';
import { execa } from 'execa';
import { python, root } from '../root.ts';
import type { Report } from './figures.ts';
import { judgeModel, type Measured } from './ml-figures.ts';
import { pythonPeer } from './python-peer.ts';

export interface ModelBench {
  readonly quick: boolean;
}

/** On onnxruntime too, in a few lines of anybody's. */
const FASTEMBED = '0.9.1';

/** The model service as a process, beside raw onnxruntime and fastembed in the same minutes. What measures stands in `ml-service/bench`. */
export async function benchModel({ quick }: ModelBench): Promise<Report> {
  const whole = async () => ['--peer', join(await pythonPeer('fastembed', FASTEMBED), 'python')];
  const args = ['-m', 'bench', ...(quick ? ['--quick', '--backends', 'auto'] : await whole())];
  const { stdout } = await execa(python(), args, { cwd: join(root, 'ml-service'), stderr: 'inherit' });
  return judgeModel(JSON.parse(stdout) as Measured);
}
