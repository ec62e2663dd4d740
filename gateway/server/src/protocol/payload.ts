const decoder = new TextDecoder('utf-8', { fatal: true });

/** JSON text of a payload: what is stored if it is valid JSON, else `{"$base64": "…"}`. */
export const payloadText = (bytes: Uint8Array): string => {
  try {
    const text = decoder.decode(bytes);
    JSON.parse(text);
    return text;
  } catch {
    return `{"$base64":"${Buffer.from(bytes).toString('base64')}"}`;
  }
};
