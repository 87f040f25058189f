/** The version of this package: known at build time, "0.0.0-source" when the sources are run without a build. */
export const packageVersion: string =
  typeof __PACKAGE_VERSION__ === "undefined" ? "0.0.0-source" : __PACKAGE_VERSION__;
