import { createFrontendPlugin } from '@backstage/frontend-plugin-api';
import { EntityContentBlueprint } from '@backstage/plugin-catalog-react/alpha';

const entityContent = EntityContentBlueprint.make({
  params: {
    path: '/callboard',
    title: 'Callboard',
    loader: () => import('./EntityCallboardContent').then(module => <module.EntityCallboardContent />),
  },
});

/** The plugin, for apps of the new frontend system. */
export default createFrontendPlugin({ pluginId: 'callboard', extensions: [entityContent] });
