/** Where a form begins for who came by keys: a dialog would begin with its button to close it. */

/** To be called when the dialog stands: what is not drawn yet takes no focus. */
export function focusFirstField(form: HTMLElement | null): void {
  form?.querySelector<HTMLElement>('input:not(:disabled), textarea')?.focus()
}
