/** Finds the log that a running dev server of a project writes somewhere else than the project's logs are. */
import { dirname } from "node:path";
import { currentLogs, logsIn, placeOfFile, type Place } from "./locate.ts";
import { runningDevServers } from "./running.ts";

/** A server whose log was sent elsewhere with `mcp dev --log` is still this project's. */
export async function withElsewhere(place: Place): Promise<Place> {
  if (place.kind === "file") return place;
  const elsewhere = runningDevServers().filter(
    ({ project, log }) => project === place.name && log !== undefined && dirname(log) !== place.folder,
  );
  const log = elsewhere.at(-1)?.log;
  if (log === undefined || currentLogs(await logsIn(place)).isLive) return place;
  return placeOfFile(log);
}
