using Xunit.v3;

namespace KioskFleet.Service.Tests;

/// <summary>
/// A suite that one engine is enough for: it opens no database, or only those whose engine it names itself. Every other
/// suite runs over SQLite and over PostgreSQL; <see cref="Storage.TestEngine"/> refuses a database to a suite that says
/// this and asks for the engine of the run all the same.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class RunsOnceAttribute : Attribute, ITraitAttribute
{
    /// <summary>The trait by which <c>run-all.sh</c> leaves such suites out of its second pass.</summary>
    public const string Trait = "Runs";

    /// <summary>The value of the trait.</summary>
    public const string Value = "once";

    /// <inheritdoc/>
    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => [new(Trait, Value)];
}
