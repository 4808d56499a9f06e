/** What is found at some time while the application runs and is the same from then on, as the runtime's symbols are. */

/** Gives what `find` gave first. As long as that is nothing it is asked again, but only at every so many-th call. */
export function captured<Found extends object, From = void>(
  find: (from: From) => Found | undefined,
  every = 1,
): (from: From) => Found | undefined {
  let found: Found | undefined;
  let calls = 0;
  return function ask(from: From): Found | undefined {
    if (found === undefined && calls++ % every === 0) found = find(from);
    return found;
  };
}
