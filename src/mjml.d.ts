/** The part of MJML's interface that we use; the package comes without types. */
declare module 'mjml' {
  export default function mjml2html(
    source: string,
    options?: {
      readonly validationLevel?: 'strict' | 'soft' | 'skip';
      /** Fonts to load from elsewhere, by family. */
      readonly fonts?: Readonly<Record<string, string>>;
      readonly ignoreIncludes?: boolean;
      readonly keepComments?: boolean;
    },
  ): Promise<{ readonly html: string; readonly errors: readonly { readonly formattedMessage: string }[] }>;
}
