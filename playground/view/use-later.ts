import { useEffect, useState } from 'preact/hooks';

/** What loads behind the first paint; undefined until it is there, and if it cannot be loaded. */
export function useLater<Loaded>(
  load: () => Promise<Loaded>,
  onTrouble: (message: string) => void,
): Loaded | undefined {
  const [loaded, setLoaded] = useState<{ module: Loaded }>();
  useEffect(() => {
    load().then(
      (module) => setLoaded({ module }),
      (error: unknown) => onTrouble(`A part of the page could not be loaded. ${String(error)}`),
    );
  }, []);
  return loaded?.module;
}
