import { Progress, WarningPanel } from '@backstage/core-components';
import { configApiRef, useApi } from '@backstage/core-plugin-api';
import { useEntity } from '@backstage/plugin-catalog-react';
import { callboardAt, entityPath, silenceCauses, wayOut } from './frame';
import type { Callboard } from './frame';
import { useAppTheme } from './useAppTheme';
import { useCallboard } from './useCallboard';

/** The entity whose page this is, in Callboard. */
export const EntityCallboardContent = () => {
  const { entity } = useEntity();
  const baseUrl = useApi(configApiRef).getOptionalString('callboard.baseUrl');
  let callboard: Callboard;
  try {
    callboard = callboardAt(baseUrl);
  } catch (error) {
    return <WarningPanel defaultExpanded severity="error" title="Callboard is not configured" message={(error as Error).message} />;
  }
  const path = entityPath(entity);
  // Another entity gets another frame: what came of the last one's must not show on it.
  return <CallboardFrame key={`${callboard.session} ${path}`} callboard={callboard} path={path} title={entity.metadata.title ?? entity.metadata.name} />;
};

const CallboardFrame = ({ callboard, path, title }: { callboard: Callboard; path: string; title: string }) => {
  const { frame, form, name, height, state } = useCallboard(callboard, path, useAppTheme());
  return (
    <>
      {state.is === 'loading' && <Progress />}
      {state.is === 'failed' && (
        <WarningPanel defaultExpanded severity="error" title="Not signed in to Callboard" message={state.error.message} />
      )}
      {state.is === 'refused' && (
        <WarningPanel
          defaultExpanded
          title={`Callboard: ${state.title || `error ${state.status}`}`}
          message={wayOut(state.status, window.location.origin)}
        />
      )}
      {state.is === 'silent' && (
        <WarningPanel defaultExpanded title="Callboard does not answer" message="One of these is the likely cause:">
          <ul>
            {silenceCauses(callboard, window.location.origin).map(cause => (
              <li key={cause}>{cause}</li>
            ))}
          </ul>
        </WarningPanel>
      )}
      <iframe
        ref={frame}
        name={name}
        title={`${title} in Callboard`}
        sandbox="allow-scripts allow-forms allow-same-origin allow-popups"
        style={{ border: 0, display: 'block', height, width: '100%' }}
      />
      <iframe ref={form} title="Sign-in to Callboard" hidden />
    </>
  );
};
