// Chromium's virtual authenticator: a device with a PIN or a finger of its own, on one page.

/** Puts one into this page's browser. */
export async function authenticator(page) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  const options = {
    protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true,
    isUserVerified: true, automaticPresenceSimulation: true,
  };
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', { options });
  const credentials = async () => (await cdp.send('WebAuthn.getCredentials', { authenticatorId })).credentials;
  return {
    credentials,
    /** How often its passkeys have signed, all together. It counts from 1, which is the making. */
    signatures: async () => (await credentials()).reduce((sum, { signCount }) => sum + signCount - 1, 0),
    /** Whether the right person is before it. */
    verifies: (isUserVerified) => cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified }),
    /** Takes a passkey that was made elsewhere. */
    take: (credential) => cdp.send('WebAuthn.addCredential', { authenticatorId, credential }),
  };
}
