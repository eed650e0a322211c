import { useEffect, useState } from 'preact/hooks';
import type { ChatStatus } from './thread.js';

/** Tells a screen reader what happens, and not every word that arrives. Failures announce themselves. */
export function Announcer({ status, error }: { status: ChatStatus; error: Error | undefined }) {
  const [said, setSaid] = useState('');
  const [before, setBefore] = useState(status);
  useEffect(() => {
    if (status === before) return;
    const wasBusy = before === 'submitted' || before === 'streaming';
    if (status === 'submitted' && !wasBusy) setSaid('Sent. Waiting for the answer.');
    else if (status === 'streaming') setSaid('The answer arrives.');
    else if (wasBusy && error === undefined) setSaid('The answer is complete.');
    setBefore(status);
  }, [status, before, error]);
  return (
    <p class="sr-only" role="status">
      {said}
    </p>
  );
}
