import { secret } from '../credentials/marks.js';
import { damageBytes } from './faults.js';
import { damage } from './odd-json.js';
import { Peer, serve } from './peer.js';
import type { Random } from './random.js';

/** A right answer. */
interface Right {
  text: string;
  isJson: boolean;
}

/** A right answer, and a secret of the request that a wrong answer may repeat. */
interface RightTo extends Right {
  echo: string;
}

const xml = (operation: string, result: string): Right => ({
  isJson: false,
  text: `<${operation}Response><${operation}Result>${result}</${operation}Result></${operation}Response>`,
});
const json = (value: unknown): Right => ({ isJson: true, text: JSON.stringify(value) });

/** STS's answer to GetCallerIdentity. */
export const IDENTITY = xml(
  'GetCallerIdentity',
  '<Arn>arn:aws:iam::123456789012:user/ann</Arn><UserId>AIDAEXAMPLE</UserId><Account>123456789012</Account>',
);

const GUEST_KEYS = xml(
  'AssumeRoleWithWebIdentity',
  `<Credentials><AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>${secret('issued')}</SecretAccessKey>` +
    '<SessionToken>t</SessionToken><Expiration>2100-01-01T00:00:00Z</Expiration></Credentials>',
);

const IdentityId = 'us-east-1:11111111-0000-4000-8000-000000000000';
const COGNITO: Readonly<Record<string, Right>> = {
  GetId: json({ IdentityId }),
  GetCredentialsForIdentity: json({
    IdentityId,
    Credentials: {
      AccessKeyId: 'ASIA',
      SecretKey: secret('issued'),
      SessionToken: 't',
      Expiration: 4_102_444_800,
    },
  }),
  GetOpenIdToken: json({ IdentityId, Token: secret('guest') }),
};

/** The answer of Cognito, or of STS to the token of a guest; each may repeat what it was sent. */
export async function cognitoAnswer(request: Request, login: string): Promise<RightTo> {
  const [, operation] = request.headers.get('x-amz-target')?.split('.') ?? [];
  if (operation !== undefined) return { ...(COGNITO[operation] as Right), echo: login };
  const token = new URLSearchParams(await request.text()).get('WebIdentityToken');
  return { ...GUEST_KEYS, echo: token ?? '' };
}

/** A peer that gives right answers, some of them damaged. */
export class ControlPlane extends Peer {
  isDamaged = false;
  readonly #answerTo: (request: Request) => Promise<RightTo>;
  #next: RightTo | undefined;

  constructor(random: Random, answerTo: (request: Request) => Promise<RightTo>) {
    super(random, () => {
      const { text, isJson, echo } = this.#next as RightTo;
      const faults = isJson && random.chance(0.5) ? 1 + random.below(3) : 0;
      let answer: unknown = isJson ? JSON.parse(text) : undefined;
      for (let n = 0; n < faults; n++) answer = damage(random, answer);
      const damaged = damageBytes(random, new TextEncoder().encode(isJson ? JSON.stringify(answer) : text));
      const served = serve(random, damaged.bytes, isJson ? 'application/json' : 'text/xml', echo);
      if (faults + damaged.byteFaults.length > 0 || !served.isRight) this.isDamaged = true;
      return served;
    });
    this.#answerTo = answerTo;
  }

  readonly ask = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    this.#next = await this.#answerTo(new Request(input, { ...init, signal: null }));
    return this.fetch(input, init);
  };
}
