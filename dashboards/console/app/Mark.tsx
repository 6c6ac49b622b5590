/** The product's mark: a pulse that ends in a light. */
export function Mark() {
  return (
    <svg className="mark" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" />
      <path d="M4 18h6l2.5-8 4 13 2.2-5H21" />
      <circle cx="25" cy="18" r="2.4" />
    </svg>
  )
}
