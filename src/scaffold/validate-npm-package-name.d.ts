/** The part of validate-npm-package-name that is used here; the package has no types of its own. */
declare module "validate-npm-package-name" {
  export default function validate(name: string): {
    readonly validForNewPackages: boolean;
    readonly errors?: readonly string[];
    readonly warnings?: readonly string[];
  };
}
