/** Whether a content type is that of server-sent events. https://html.spec.whatwg.org/multipage/server-sent-events.html#sse-processing-model */
export function isEventStream(contentType: unknown): boolean {
  return typeof contentType === "string" && /^\s*text\/event-stream\s*(?:;|$)/i.test(contentType);
}
