import { createPlugin, createRoutableExtension, createRouteRef } from '@backstage/core-plugin-api';

const entityContentRouteRef = createRouteRef({ id: 'callboard' });

/** The plugin, for apps of the old frontend system. Those of the new one take it from `./alpha`. */
export const callboardPlugin = createPlugin({
  id: 'callboard',
  routes: { entityContent: entityContentRouteRef },
});

/** The tab of an entity's page that shows the entity in Callboard. */
export const EntityCallboardContent = callboardPlugin.provide(
  createRoutableExtension({
    name: 'EntityCallboardContent',
    component: () => import('./EntityCallboardContent').then(module => module.EntityCallboardContent),
    mountPoint: entityContentRouteRef,
  }),
);
