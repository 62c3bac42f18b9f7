/** What `sluice module` was asked for. Paths are as they were typed. */
export type ModuleOptions =
  | { readonly action: 'new'; readonly folder: string }
  | { readonly action: 'build'; readonly folder: string; readonly out: string | undefined }
  | {
      readonly action: 'check';
      readonly path: string;
      readonly manifest: string | undefined;
      readonly isJson: boolean;
    }
  | { readonly action: 'test'; readonly folder: string; readonly isJson: boolean }
  | { readonly action: 'show'; readonly folder: string; readonly router: string | undefined };
