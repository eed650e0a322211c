// What `useConverse()` uses of React, from Preact: preact/compat would change how every element of the page behaves once it loads.
import { useEffect, useLayoutEffect, useState } from 'preact/hooks';

export { useEffect, useState };

export function useSyncExternalStore<Snapshot>(
  subscribe: (onChange: () => void) => () => void,
  read: () => Snapshot,
): Snapshot {
  const [, show] = useState(read);
  useLayoutEffect(() => {
    const changed = (): void => show(() => read());
    changed();
    return subscribe(changed);
  }, [subscribe, read]);
  return read();
}
