/** Made by the server from judder_core.states: what each word for a state means. */
export const MEANINGS: Record<string, string>;
