/** Replaced with the version of package.json when the bundle is built. */
declare const __PACKAGE_VERSION__: string | undefined;
