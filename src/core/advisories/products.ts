/** What the operator says of a product beside its name: where machines find it. All of it is optional. */

export interface ProductNames {
  /** Who makes it; the team where it is left out. */
  readonly vendor: string | null;
  /** As OSV names it: `PyPI`, `npm`, `Debian:12`. */
  readonly ecosystem: string | null;
  /** The product's name there. */
  readonly package: string | null;
  /** Package URL without a version: `pkg:pypi/nova`. */
  readonly purl: string | null;
  /** CPE 2.3 of all its versions. */
  readonly cpe: string | null;
  /** Where its sources are, `https://…`. */
  readonly repository: string | null;
}

/** By the product's name in lower case. */
export type Products = ReadonlyMap<string, ProductNames>;

const unknown: ProductNames = {
  vendor: null,
  ecosystem: null,
  package: null,
  purl: null,
  cpe: null,
  repository: null,
};

export const namesOf = (product: string, products: Products): ProductNames =>
  products.get(product.trim().toLowerCase()) ?? unknown;
