/*
 * Numbers made of numbers: one step of SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number
 * generators", 2014).
 */
#ifndef INORDER_MIX_H
#define INORDER_MIX_H

#include <stdint.h>

static inline uint64_t mix(uint64_t sum, uint64_t word)
{
        uint64_t z = sum + word + 0x9e3779b97f4a7c15u;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
        return z ^ (z >> 31);
}

#endif
