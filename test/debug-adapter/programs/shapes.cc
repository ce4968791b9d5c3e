/* C++ as its users write it: namespaces, classes with virtual methods, references, templates, lambdas. */
extern "C" int printf(const char *, ...);

namespace shapes {
int made = 0;
enum class Kind { Round, Square };

template <typename T> struct Pair {
  T first, second;
  T sum() const { return first + second; }
};

class Shape {
public:
  Shape(Kind kind, double size) : kind(kind), size(size) { made++; }
  virtual double area() const {
    return size * size; /* square's area */
  }
  void grow(const double &by) {
    size += by; /* growing */
    printf("%g\n", size);
  }

protected:
  Kind kind;
  double size;
};

class Circle : public Shape {
public:
  enum class Way { Left, Right };
  struct Point {
    int x, y;
    union Bits {
      float f;
      int i;
    } bits;
    typedef long wide_t;
    wide_t far;
  };
  static int count;
  Circle(double radius) : Shape(Kind::Round, radius), label("circle") {}
  double area() const override {
    return 3 * size * size; /* circle's area */
  }

private:
  const char *label;
  Point centre = {3, 4, {1.5f}, 5};
  Way way = Way::Right;
};
int Circle::count = 6;
} // namespace shapes

template <typename F> static int twice(F f) {
  return f(1) + f(2); /* twice */
}

int main() {
  shapes::Circle circle(2.0);
  shapes::Shape square(shapes::Kind::Square, 5);
  shapes::Shape &shape = circle;
  shapes::Pair<int> pair{3, 4};
  shape.grow(1.5);
  int factor = 10;
  int sum = twice([&](int x) {
    return x * factor + pair.sum(); /* in the lambda */
  });
  printf("%g %g %d %d\n", shape.area(), square.area(), sum, shapes::made);
  return 0;
}
