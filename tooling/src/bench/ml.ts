import { join } from 'node:path';
import { execa } from 'execa';
import { python, root } from '../root.ts';
import type { Report } from './figures.ts';
import { judgeModel, type Measured } from './ml-figures.ts';

export interface ModelBench {
  readonly quick: boolean;
}

/** The model service as a process, beside raw onnxruntime in the same minutes. What measures stands in `ml-service/bench`. */
export async function benchModel({ quick }: ModelBench): Promise<Report> {
  const args = ['-m', 'bench', ...(quick ? ['--quick', '--backends', 'auto'] : [])];
  const { stdout } = await execa(python(), args, { cwd: join(root, 'ml-service'), stderr: 'inherit' });
  return judgeModel(JSON.parse(stdout) as Measured);
}
