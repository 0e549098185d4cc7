/**
 * A second self-signed certificate, for `other.test`, that nobody trusts unless
 * it is named. Valid from 2020 to 2120. For tests only: its key is public.
 *
 * @module
 */

/** The private key, as PEM. */
export const otherKey: string = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgIEx1etwpPDVZmJrL
uMp3FT6oi1zPMq/lg+EP5/0Z37ihRANCAASnm6LPiavOKrPsCrt9R0z4o3Wj57nr
Bl1mgMzAtPA2AB/4SpuqVbLfqCuHQ0HJTJf+PvK9+Sd+uveznDkHQcOM
-----END PRIVATE KEY-----
`;

/** The certificate, and its own authority, as PEM. */
export const otherCert: string = `-----BEGIN CERTIFICATE-----
MIIBZDCCAQqgAwIBAgIBAjAKBggqhkjOPQQDAjAVMRMwEQYDVQQDDApvdGhlci50
ZXN0MCAXDTIwMDEwMTAwMDAwMFoYDzIxMjAwMTAxMDAwMDAwWjAVMRMwEQYDVQQD
DApvdGhlci50ZXN0MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEp5uiz4mrziqz
7Aq7fUdM+KN1o+e56wZdZoDMwLTwNgAf+EqbqlWy36grh0NByUyX/j7yvfknfrr3
s5w5B0HDjKNJMEcwDwYDVR0TAQH/BAUwAwEB/zAVBgNVHREEDjAMggpvdGhlci50
ZXN0MB0GA1UdDgQWBBRyhHQsvX0h9lBfEtnLePDWnWj3LzAKBggqhkjOPQQDAgNI
ADBFAiAvVa3NlRfci6ujrppFz5LeDKz8z9AIsLpC7uTCs+5ebQIhAIAc+OVlVSmE
Xah9kVvPr6XQ8JOSJTXRLf77cYTa98iW
-----END CERTIFICATE-----
`;
