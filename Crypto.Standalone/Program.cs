Console.WriteLine("crypto");
