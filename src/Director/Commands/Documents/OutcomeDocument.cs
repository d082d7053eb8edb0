namespace HaLvs.Director.Commands.Documents;

/// <summary>What became of a verb that does something.</summary>
public sealed record OutcomeDocument(string Verb, bool Done, string Text, double Milliseconds);
