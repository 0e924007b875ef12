export const adminEmail = 'operator@example.com';

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

export const issuerOf = (projectId: string): string => `https://securetoken.google.com/${projectId}`;

/** An ID token as the Auth emulator makes it: unsigned, an hour valid. The server takes it in development only. */
export function unsignedToken(projectId: string, uid: string): string {
  const nowSeconds = Math.floor(Date.now() / 1000) - 5;
  const claims = {
    iss: issuerOf(projectId),
    aud: projectId,
    sub: uid,
    user_id: uid,
    auth_time: nowSeconds,
    iat: nowSeconds,
    exp: nowSeconds + 3_600,
    email: uid === 'operator' ? adminEmail : `${uid}@example.com`,
    email_verified: true,
    firebase: { sign_in_provider: 'password', identities: {} },
  };
  return `${part({ alg: 'none', typ: 'JWT' })}.${part(claims)}.`;
}
