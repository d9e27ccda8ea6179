import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { type Beside, buildWorld, startTarget, type Target, type World } from './world.js';

/** One target cluster a file, one world a test. `tidy` runs before the world is closed; `beside` gives more systems. */
export function useWorld(
  give: (target: Target, world: World) => void,
  tidy: () => void = () => {},
  beside: (target: Target) => Promise<Record<string, Beside>> = async () => ({}),
): void {
  let world: World;
  let target: Target;
  useTarget((started) => {
    target = started;
  });
  beforeEach(async () => {
    world = await buildWorld(target, await beside(target));
    give(target, world);
  });
  afterEach(async () => {
    tidy();
    await world.close();
  });
}

/** One world a file, with a doer that runs: for what a doer answers without keeping anything of it. */
export function useOneWorld(give: (target: Target, world: World) => void): void {
  let world: World;
  let target: Target;
  useTarget((started) => {
    target = started;
  });
  beforeAll(async () => {
    world = await buildWorld(target);
    world.start();
    give(target, world);
  });
  afterAll(() => world.close());
}

function useTarget(give: (target: Target) => void): void {
  let target: Target;
  beforeAll(async () => {
    target = await startTarget();
    give(target);
  });
  afterAll(() => target.remove());
}
