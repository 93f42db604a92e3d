/** It comes without types, and is used in one place. */
declare module "oidc-provider";
