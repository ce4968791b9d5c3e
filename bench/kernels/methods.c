/* Objects of eight kinds in no order, each with its methods behind a table: calls by register, nothing else of weight. */
#include "kernels.h"

#define OBJECTS 4096

struct object;

struct methods {
	void (*step)(struct object *);
	uint64_t (*read)(const struct object *);
};

struct object {
	const struct methods *methods;
	uint64_t a, b;
};

#define KIND(name, stepped, told)                                       \
	static void name##_step(struct object *o) { stepped; }          \
	static uint64_t name##_read(const struct object *o) { return told; } \
	static const struct methods name = { name##_step, name##_read };

KIND(counter, o->a++, o->a)
KIND(adder, o->a += o->b, o->a ^ o->b)
KIND(shifter, o->a = o->a << 1 | o->a >> 63, o->a & 0xffff)
KIND(swapper, uint64_t a = o->a; o->a = o->b; o->b = a, o->a - o->b)
KIND(mixer, o->b ^= o->a >> 7; o->a += o->b, o->b)
KIND(fibonacci, uint64_t a = o->a; o->a += o->b; o->b = a, o->a + 1)
KIND(scaler, o->a = o->a * 25 + 7, o->a >> 40)
KIND(idler, , o->b)

static const struct methods *const kinds[] = { &counter, &adder,     &shifter, &swapper,
					       &mixer,   &fibonacci, &scaler,  &idler };
static struct object objects[OBJECTS];

uint64_t methods(int rounds)
{
	uint32_t state = 17;
	uint64_t sum = 0;

	for (int n = 0; n < OBJECTS; n++) {
		objects[n].methods = kinds[next_random(&state) & 7];
		objects[n].a = next_random(&state);
		objects[n].b = next_random(&state);
	}
	for (int round = 0; round < rounds; round++)
		for (int n = 0; n < OBJECTS; n++) {
			objects[n].methods->step(&objects[n]);
			sum = sum * 3 + objects[n].methods->read(&objects[n]);
		}
	return sum;
}
