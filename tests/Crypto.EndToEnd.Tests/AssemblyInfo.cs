using Xunit;

// Each test is a whole system with promises about time; two at once would measure each other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
