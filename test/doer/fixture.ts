import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { type Beside, buildWorld, startTarget, type Target, type World } from './world.js';

/** One target cluster a file, one world a test. `tidy` runs before the world is closed; `beside` gives more systems. */
export function useWorld(
  give: (target: Target, world: World) => void,
  tidy: () => void = () => {},
  beside: () => Promise<Record<string, Beside>> = async () => ({}),
): void {
  let target: Target;
  let world: World;
  beforeAll(async () => {
    target = await startTarget();
  });
  afterAll(async () => {
    await target.cluster.stop();
    await target.cluster.remove();
  });
  beforeEach(async () => {
    world = await buildWorld(target, await beside());
    give(target, world);
  });
  afterEach(async () => {
    tidy();
    await world.close();
  });
}
