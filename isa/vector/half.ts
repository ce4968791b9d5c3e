/**
 * Zvfhmin and Zvfh: vectors of half-precision numbers (unprivileged specification, "Zvfh" chapter). They bring no instruction, they give
 * elements of 16 bits to V's floating-point ones: Zvfh to all, Zvfhmin to the conversions that say so.
 */
import { extension } from '../rows.js';

export const Zvfhmin = extension('Zvfhmin', 'Vectors of half-precision numbers: conversion to and from single.', []);
export const Zvfh = extension('Zvfh', 'Vectors of half-precision numbers.', []);
