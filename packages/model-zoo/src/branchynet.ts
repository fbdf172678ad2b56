/** Where BranchyNet was published. */
export const branchyNetPaper = 'Teerapittayanon, McDanel, Kung: BranchyNet, ICPR 2016 (arXiv:1709.01686)';
